"""What the verbs have in common."""

from collections.abc import Iterator

from tests.answers.asking import Ask
from tests.answers.people import EVERYBODY, PAIR
from tests.answers.requests.common import around, malformed, refused

KEY = {"Idempotency-Key": "once"}


def verb(
    path: str, body: dict[str, str] | None = None, count: int = 3
) -> Iterator[Ask]:
    """Bodies, keys, and what is left behind. ``body`` is one that is accepted,
    ``count`` how many malformed ones are tried.
    """
    accepted = Ask("POST", path, body)
    yield Ask("POST", path, body, by=EVERYBODY)
    yield from around(path, "POST", body=body)
    yield Ask(
        "POST", path, {**(body or {}), "reason": "Käse 🧀", "other": [1]}, by=PAIR
    )
    yield Ask(
        "POST",
        path,
        b"reason=a%0D%0Ab",
        content_type="application/x-www-form-urlencoded",
        by=PAIR,
    )
    yield from malformed("POST", path, count)
    yield from refused(
        "POST",
        path,
        {"reason": 5},
        {"reason": None},
        {"reason": ["x"]},
        {"reason": "x" * 501},
        {"reason": " "},
    )
    yield Ask("GET", "/audit?limit=1", after=(accepted,))
    yield from _keys(path, body)


def left_behind(path: str, body: dict[str, str] | None = None) -> Iterator[Ask]:
    """Of a verb that makes a deployment."""
    accepted = Ask("POST", path, body)
    yield Ask("POST", path, body, after=(accepted,))
    yield Ask("GET", "/deployments?limit=1", after=(accepted,))
    yield Ask("GET", "/deployments/{answer id}", after=(accepted,))
    yield Ask("GET", "/deployments/{answer id}/events", after=(accepted,))
    yield Ask("GET", "/deployments/{answer id}/configuration", after=(accepted,))
    yield Ask("POST", "/deployments/{answer id}/cancel", after=(accepted,))


def _keys(path: str, body: dict[str, str] | None) -> Iterator[Ask]:
    first = Ask("POST", path, body, headers=KEY, by=PAIR)
    yield first
    yield Ask("POST", path, body, headers=KEY, after=(first,))
    # The same key with another request.
    other = {**(body or {}), "reason": "other"}
    yield Ask("POST", path, other, headers=KEY, after=(first,))


def wrong_keys(path: str) -> list[Ask]:
    keys = ("", " ", "x" * 256, "Käse", "a\tb")
    return [
        Ask("POST", path, headers={"Idempotency-Key": key}, by=PAIR) for key in keys
    ]
