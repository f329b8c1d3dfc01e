"""Variables of projects and of environments."""

from collections.abc import Iterator

from tests.answers.asking import Ask
from tests.answers.requests.common import around, every, malformed, refused

PLACES = {"/projects/{shop}": "REGION", "/environments/{production}": "MODE"}


def _requests(place: str, stored: str) -> Iterator[Ask]:
    every_one, one = f"{place}/variables", f"{place}/variables/{stored}"
    new = f"{place}/variables/NEW"
    change = Ask("PUT", one, {"value": "slow", "is_secret": False})
    remove = Ask("DELETE", one)
    yield Ask("GET", every_one)
    yield from around(every_one, "GET")
    yield Ask("GET", f"{every_one}?other=1")
    yield from every("GET", [one, f"{place}/variables/TOKEN", new])
    yield from around(one, "GET", "PUT", "DELETE", body={"value": "taken over"})
    yield from (change, remove)
    yield Ask("PUT", one, {"value": "slow"})
    yield Ask("PUT", new, {"value": ""})
    yield Ask("PUT", new, {"value": "x", "is_secret": "false", "name": "OTHER"})
    yield from malformed("PUT", one)
    yield from refused(
        "PUT",
        one,
        {},
        {"value": 5},
        {"value": None},
        {"value": "x", "is_secret": "perhaps"},
        {"value": "x" * 70_000},
    )
    for name in ("1ST", "with-dash", stored.lower(), "N" * 129, "%00", "a%2Fb"):
        yield Ask("PUT", f"{place}/variables/{name}", {"value": "x"})
    yield Ask("GET", f"{place}/variables/%00")
    yield from every("DELETE", [new, f"{place}/variables/TOKEN"])
    yield Ask("GET", one, after=(change,))
    yield Ask("GET", every_one, after=(remove,))
    yield Ask("GET", "/audit?limit=1", after=(change,))
    yield Ask("GET", "/audit?limit=1", after=(remove,))


REQUESTS = [ask for place, stored in PLACES.items() for ask in _requests(place, stored)]
