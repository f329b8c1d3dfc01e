"""Points in time and spans of it, as people read them."""

from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html

register = template.Library()

MINUTE, HOUR, DAY = 60, 3600, 86_400


@register.simple_tag
def ago(moment: datetime) -> str:
    """How long ago, with the exact time in UTC on hover; a date after a month."""
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{moment:%d %b %Y, %H:%M:%S}",
        _ago(moment),
    )


@register.simple_tag
def at(moment: datetime) -> str:
    """The exact time in UTC."""
    return format_html(
        '<time datetime="{}">{} UTC</time>',
        moment.isoformat(timespec="seconds"),
        f"{moment:%d %b %Y, %H:%M:%S}",
    )


@register.simple_tag
def clock(moment: datetime) -> str:
    """The time of day, with the whole of it in UTC on hover."""
    return format_html(
        '<time datetime="{}" title="{} UTC">{}</time>',
        moment.isoformat(timespec="seconds"),
        f"{moment:%d %b %Y, %H:%M:%S}",
        f"{moment:%H:%M:%S}",
    )


@register.filter
def elapsed(moment: datetime) -> str:
    """The span from then to now, in the words of ``static/js/moments.js``."""
    return _whole(max(0, int((timezone.now() - moment).total_seconds())))


@register.filter
def until(moment: datetime, end: datetime) -> str:
    """The span from one moment to another; two machines, two clocks."""
    return _whole(max(0, int((end - moment).total_seconds())))


@register.filter
def span(seconds: float | None) -> str:
    """``4.2 s``, ``1 min 5 s``; a dash while it is not known."""
    if seconds is None:
        return "–"
    if seconds < 10:
        return f"{seconds:.1f} s"
    return _whole(round(seconds))


def _whole(seconds: int) -> str:
    if seconds < MINUTE:
        return f"{seconds} s"
    if seconds < HOUR:
        return _two(seconds, MINUTE, "min", 1, "s")
    return _two(seconds, HOUR, "h", MINUTE, "min")


def _two(seconds: int, large: int, name: str, small: int, rest_name: str) -> str:
    rest = seconds % large // small
    return f"{seconds // large} {name}" + (f" {rest} {rest_name}" if rest else "")


def _ago(moment: datetime) -> str:
    seconds = (timezone.now() - moment).total_seconds()
    if seconds < MINUTE:
        return "just now"
    if seconds < HOUR:
        return f"{int(seconds // MINUTE)} min ago"
    if seconds < DAY:
        return f"{int(seconds // HOUR)} h ago"
    if seconds < 2 * DAY:
        return "yesterday"
    if seconds < 30 * DAY:
        return f"{int(seconds // DAY)} days ago"
    return f"{moment:%d %b %Y}"
