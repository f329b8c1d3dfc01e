"""The API answers what it answered when the answers were recorded."""

import os
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import URLPattern, get_resolver, resolve

from tests.answers import recording
from tests.answers.asking import Ask, Asker
from tests.answers.deliberate import is_deliberate, outdated
from tests.answers.description import NAME, description
from tests.answers.recording import differences
from tests.answers.requests import REQUESTS

pytestmark = pytest.mark.back_end("sqlite")

#: So many differences say what is wrong.
MOST_SHOWN = 40
SAFE = {"HEAD", "OPTIONS"}


@pytest.mark.release
@pytest.mark.django_db
@pytest.mark.parametrize("name", REQUESTS)
def test_everybody_gets_the_answer_that_was_recorded(name: str, asker: Asker) -> None:
    got = {str(ask): asker.answers(ask) for ask in REQUESTS[name]}
    if os.environ.get(recording.WRITE):
        recording.write(name, got)
    refuse_differences(name, recording.read(name), got)


def test_the_description_for_programs_is_the_one_that_was_recorded() -> None:
    got = description()
    if os.environ.get(recording.WRITE):
        recording.write(NAME, got, is_by_people=False)
    refuse_differences(NAME, recording.read(NAME, is_by_people=False), got)


def test_nothing_is_asked_twice() -> None:
    for asks in REQUESTS.values():
        labels = [str(ask) for ask in asks]
        assert sorted(labels) == sorted(set(labels))


def test_every_route_and_method_is_asked_for() -> None:
    asked = {route_of(ask) for asks in REQUESTS.values() for ask in asks}
    assert set(routes()) <= asked


def refuse_differences(
    name: str, expected: dict[str, Any], got: dict[str, Any]
) -> None:
    found = {
        f"{name}: {label}: {where}": what
        for label in dict.fromkeys([*expected, *got])
        for where, what in differences(expected.get(label), got.get(label))
    }
    wanted = [where for where in found if is_deliberate(where)]
    lines = [f"{where}\n    {what}" for where, what in found.items()]
    lines = [line for line in lines if line.partition("\n")[0] not in wanted]
    hidden = f"\n… and {len(lines) - MOST_SHOWN} more" if lines[MOST_SHOWN:] else ""
    assert not lines, "\n" + "\n".join(lines[:MOST_SHOWN]) + hidden
    assert not outdated(name, wanted)


def routes() -> Iterator[tuple[str, str]]:
    """Pattern and method of everything that the API answers."""
    prefix, below = get_resolver().namespace_dict["api"]
    for route, pattern in patterns(prefix, below.url_patterns):
        view: Any = pattern.callback
        if hasattr(view, "actions"):
            methods = {method.upper() for method in view.actions}
        else:
            methods = set(
                view.cls().allowed_methods if hasattr(view, "cls") else {"GET"}
            )
        for method in methods - SAFE:
            yield route, method


def patterns(prefix: str, below: list[Any]) -> Iterator[tuple[str, URLPattern]]:
    for pattern in below:
        route = prefix + str(pattern.pattern)
        if isinstance(pattern, URLPattern):
            yield route, pattern
        else:
            yield from patterns(route, pattern.url_patterns)


def route_of(ask: Ask) -> tuple[str, str]:
    """Where a request leads; an id where a name stands for one."""
    if ask.url.startswith("{"):
        return ask.url, ask.method
    return resolve(with_ids(ask.url)).route, ask.method


def with_ids(url: str) -> str:
    path = url.partition("?")[0]
    return recording.NAME_IN_BRACES.sub("00000000-0000-4000-8000-000000000000", path)
