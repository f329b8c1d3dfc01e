"""Who did what."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from oec.pages import SignedInRequest, page
from projects.models import AuditEntry

PAGE_SIZE = 50
MAX_DIGITS = 18


@page
def audit(request: SignedInRequest) -> HttpResponse:
    """Newest first; ``?before=`` goes on after the entry of that number."""
    entries = AuditEntry.objects.visible_to(request.user).select_related(
        "project", "organization"
    )
    before = request.GET.get("before", "")
    if before.isascii() and before.isdigit() and len(before) <= MAX_DIGITS:
        entries = entries.filter(pk__lt=int(before))
    rows = list(entries.order_by("-pk")[: PAGE_SIZE + 1])
    has_more = len(rows) > PAGE_SIZE
    rows = rows[:PAGE_SIZE]
    context = {
        "rows": [(entry, _facts(entry.facts)) for entry in rows],
        "older": f"?before={rows[-1].pk}" if has_more else "",
        "newest": "?" if before else "",
    }
    return render(request, "projects/audit.html", context)


def _facts(facts: dict[str, Any]) -> list[tuple[str, str]]:
    """Names and values for people; what is empty says nothing."""
    texts = [(name, _text(value)) for name, value in facts.items()]
    return [(name.replace("_", " "), text) for name, text in texts if text]


def _text(value: Any) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case dict():
            return ", ".join(f"{name}: {_text(part)}" for name, part in value.items())
    return str(value)
