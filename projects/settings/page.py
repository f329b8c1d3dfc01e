"""The settings page of the documentation, written from their descriptions.

Run ``python -m projects.settings.page > docs/settings.md`` to renew it.
"""

import sys
from collections.abc import Iterable, Iterator

from django.utils.text import capfirst

from projects.settings.model import Setting, ValueKind, grouped
from projects.settings.table import SCHEMA, SETTINGS

_INTRODUCTION = f"""\
# The settings of an environment

Entered on an environment's settings page, in the administration, or through the
[API](api.md) under the names given here (the server as `vm_id`). This page is generated
from the descriptions that the console itself uses.

A release freezes those that have a number in the last column: the first *schema* of
frozen configurations that has the setting; new releases have schema {SCHEMA}. A release
from before keeps working: what it lacks means what it meant then. The others are read
as they are at the moment.
"""
_HEAD = """\
| setting | what it is | value | default | since |
|---|---|---|---|---|"""


def render(settings: Iterable[Setting] = SETTINGS.values()) -> str:
    """The whole page as Markdown, ending with one line feed."""
    return "\n".join((_INTRODUCTION, *_sections(settings)))


def _sections(settings: Iterable[Setting]) -> Iterator[str]:
    for group, members in grouped(settings):
        only = f" (runtime `{group.runtime}` only)" if group.runtime else ""
        rows = "\n".join(map(_row, members))
        yield f"## {group.title}{only}\n\n{_HEAD}\n{rows}\n"


def _row(setting: Setting) -> str:
    since = "" if setting.since is None else setting.since
    return (
        f"| `{setting.name}` | {_description(setting)} | {_value(setting)} "
        f"| {_default(setting)} | {since} |"
    )


def _description(setting: Setting) -> str:
    """What the name does not say by itself."""
    title = capfirst(setting.words)
    if not setting.help:
        return title
    says_more = setting.words.lower() != setting.name.replace("_", " ").lower()
    return f"{title}. {setting.help}" if says_more else setting.help


def _value(setting: Setting) -> str:
    match setting.kind:
        case ValueKind.CHOICE if setting.choices:
            return " or ".join(f"`{value}`" for value in setting.choices.values)
        case ValueKind.NUMBER:
            unit = f" {setting.unit}" if setting.unit else ""
            return f"{setting.least} to {setting.most}{unit}"
        case ValueKind.LINE | ValueKind.BLOCK:
            secret = ", secret" if setting.is_secret else ""
            return f"{setting.kind.value}, {setting.most} characters at most{secret}"
    return setting.kind.value


def _default(setting: Setting) -> str:
    if setting.must_be_given:
        return "must be given"
    match setting.default:
        case "" | None:
            return "none"
        case bool(value):
            return "yes" if value else "no"
        case value:
            return f"`{value}`"


if __name__ == "__main__":
    sys.stdout.write(render())
