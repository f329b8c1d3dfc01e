"""Settings, variables and their changes as people read them."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import islice
from typing import Any

from django import template
from django.utils.text import capfirst

from deployments.services import Change
from deployments.services.comparison import changed_lines
from projects.settings import SETTINGS

register = template.Library()

MAX_NAMES = 8
MAX_LINES = 60
MAX_CHARACTERS = 300
#: What stands before the first difference of two long texts.
LEAD = 60

#: Controls and direction marks, which could disguise what a command does.
_UNSEEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]"
)


@dataclass(frozen=True, slots=True)
class Row:
    """Either ``lines``, each with its sign, or what stood ``before`` and ``after``."""

    change: Change
    label: str
    lines: list[tuple[str, str]]
    before: str | None
    after: str | None


@register.inclusion_tag("deployments/_changes.html")
def list_changes(changes: Sequence[Change]) -> dict[str, Any]:
    """All of them, folded up when they are many or long."""
    rows = [_row(change) for change in changes]
    labels = [row.label for row in rows]
    return {
        "rows": rows,
        "names": labels[:MAX_NAMES],
        "more": len(labels[MAX_NAMES:]),
        "is_short": len(rows) <= 3 and not any(row.lines for row in rows),
    }


@register.filter
def setting_label(name: str) -> str:
    return capfirst(SETTINGS[name].words)


@register.filter
def as_written(value: Any) -> str:
    """With what cannot be seen made visible: controls, marks, space at a line's end."""
    text = _UNSEEN.sub(lambda mark: f"\\u{ord(mark[0]):04x}", str(value))
    # Not by an expression: on long runs of space within a line it would take long.
    lines = [(line, line.rstrip(" \t")) for line in text.split("\n")]
    return "\n".join(kept + "␣" * (len(line) - len(kept)) for line, kept in lines)


def _row(change: Change) -> Row:
    label = setting_label(change.name) if change.kind == "setting" else change.name
    before, after = (
        None if side is None else str(side) for side in (change.before, change.after)
    )
    if "\n" in f"{before}{after}":
        return Row(change, label, _lines(before or "", after or ""), None, None)
    return Row(change, label, [], *_excerpts(before, after))


def _lines(before: str, after: str) -> list[tuple[str, str]]:
    lines = list(islice(changed_lines(before, after), MAX_LINES + 1))
    cut = [(sign, _shortened(line)) for sign, line in lines[:MAX_LINES]]
    return cut + ([("…", "")] if len(lines) > MAX_LINES else [])


def _excerpts(before: str | None, after: str | None) -> tuple[str | None, str | None]:
    """Of long texts the part in which they begin to differ."""
    if before is None or after is None or len(before + after) <= MAX_CHARACTERS:
        return _shortened(before), _shortened(after)
    pairs = enumerate(zip(before, after, strict=False))
    same = next((at for at, (old, new) in pairs if old != new), None)
    start = max(0, (min(len(before), len(after)) if same is None else same) - LEAD)
    lead = "…" if start else ""
    return _shortened(lead + before[start:]), _shortened(lead + after[start:])


def _shortened(text: Any) -> Any:
    if text is None or len(text) <= MAX_CHARACTERS:
        return text
    return f"{text[:MAX_CHARACTERS]}…"
