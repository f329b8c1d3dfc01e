"""A deployment's status and output as markup."""

from collections.abc import Iterable

from django import template
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString

from deployments.logs.terminal import Line
from deployments.models import Deployment
from deployments.services.verbs import OF_DEPLOYMENTS

register = template.Library()


@register.simple_tag
def state_icon(state: str) -> str:
    """The icon alone; the word must stand beside it."""
    return format_html(
        '<svg class="icon state-{0}" viewBox="0 0 16 16" aria-hidden="true">'
        '<use href="#state-{0}"/></svg>',
        state,
    )


@register.inclusion_tag("deployments/_status.html")
def status_badge(deployment: Deployment) -> dict[str, str]:
    """Icon and word; a cancel that is under way is a status of its own here."""
    if deployment.is_cancelling:
        return {"state": "cancelling", "word": "Cancelling…"}
    return {"state": deployment.status, "word": deployment.get_status_display()}


@register.filter
def verb_label(name: str) -> str:
    """What the buttons of this verb say."""
    return OF_DEPLOYMENTS[name].label


@register.simple_tag
def printed(lines: Iterable[Line]) -> SafeString:
    """Lines of output, each with its end; the classes say which SGR codes apply."""
    return format_html_join("", "{}\n", ((printed_line(line),) for line in lines))


@register.simple_tag
def printed_line(line: Line) -> SafeString:
    return format_html_join("", "{}", ((_printed_run(*run),) for run in line))


def _printed_run(codes: Iterable[int], text: str) -> SafeString:
    classes = " ".join(f"sgr-{code}" for code in codes)
    if not classes:
        return escape(text)
    return format_html('<span class="{}">{}</span>', classes, text)
