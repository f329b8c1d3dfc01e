"""A deployment's status and output as markup."""

import re

from django import template
from django.utils.html import format_html

from deployments.models import Deployment

register = template.Library()

#: Colours, cursor moves and titles that programs send to a terminal.
_TERMINAL_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-9;?]{0,40}[ -/]{0,4}[@-~]|\][^\x07\x1b\n]{0,400}(?:\x07|\x1b\\)|.)"
)
#: Marks that turn the direction of what follows; a log must not disguise its lines.
_DIRECTION_MARKS = re.compile("[\u202a-\u202e\u2066-\u2069]")


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
def as_printed(output: str) -> str:
    """What is left on a terminal's screen: no colours, overwritten lines gone."""
    text = _DIRECTION_MARKS.sub("\ufffd", _TERMINAL_SEQUENCE.sub("", output))
    lines = text.split("\n")
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in lines)
