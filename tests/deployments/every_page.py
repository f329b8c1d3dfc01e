"""Every address of the console with what it answers, for tests that look at all."""

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.test import Client
from django.urls import URLPattern, get_resolver, reverse

from projects.models import User

#: Of each kind, in the administration: they are shown in the same way.
ROWS = 4


def everything_shown_to(
    user: User, ids: dict[str, list[Any]]
) -> Iterator[tuple[str, bytes]]:
    """Path and answer of every address, from the URLconf: a new one is looked at, too.

    The administration's pages for the rows that belong to the project as well.
    """
    client = Client()
    client.force_login(user)
    paths = {path for route in routes() for path in filled(*route, ids)}
    for path in sorted(paths | set(administration())):
        for accepted in ("text/html", "application/json")[: 1 + ("/api/" in path)]:
            answer = client.get(path, headers={"Accept": accepted})
            assert answer.status_code < 500 or answer.status_code == 501, path
            yield path, b"".join(answer) + str(answer.headers).encode()
    assert client.get(f"/projects/{ids['project_id'][0]}").status_code == 200


def routes() -> Iterator[tuple[str, list[str]]]:
    """Name and arguments of every route but those of the administration."""
    for pattern in get_resolver().url_patterns:
        if str(pattern.pattern) != "admin/":
            yield from _routes(pattern, "")


def _routes(pattern: Any, namespace: str) -> Iterator[tuple[str, list[str]]]:
    if not isinstance(pattern, URLPattern):
        inner = f"{pattern.namespace}:" if pattern.namespace else namespace
        for nested in pattern.url_patterns:
            yield from _routes(nested, inner)
    elif pattern.name:
        yield namespace + pattern.name, list(pattern.pattern.converters)


def filled(name: str, arguments: list[str], ids: dict[str, list[Any]]) -> Iterator[str]:
    unknown = set(arguments) - set(ids)
    assert not unknown, f"{name}: say here what {unknown} may be"
    chosen: list[dict[str, Any]] = [{}]
    for argument in arguments:
        chosen = [
            {**known, argument: value} for known in chosen for value in ids[argument]
        ]
    return (reverse(name, kwargs=known) for known in chosen)


def administration() -> Iterator[str]:
    yield reverse("admin:index")
    for model in admin.site._registry:
        prefix = f"admin:{model._meta.app_label}_{model._meta.model_name}"
        yield reverse(f"{prefix}_changelist")
        for row in model._base_manager.order_by("-pk")[:ROWS]:
            yield reverse(f"{prefix}_change", args=[row.pk])
            yield reverse(f"{prefix}_history", args=[row.pk])
