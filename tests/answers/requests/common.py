"""What is asked of every address."""

from collections.abc import Sequence
from typing import Any

from tests.answers.asking import Ask
from tests.answers.people import BOTH_SIDES, FEW, PAIR, SOME

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
#: Of each name the one in Charlie's organization.
ELSEWHERE = {
    "{shop}": "{attic}",
    "{production}": "{cellar}",
    "{web-1}": "{attic-1}",
    "{shop v5}": "{attic v1}",
    "{shop v7}": "{attic v2}",
}
UNKNOWN = "00000000-0000-4000-8000-000000000000"
#: Of a page only the status counts, and it takes long.
PAGE = ("anonymous", "charlie", "dora")
MALFORMED: tuple[tuple[bytes, str], ...] = (
    (b"not json", "application/json"),
    (b"[]", "application/json"),
    (b"{}", "text/plain"),
    (b'{"reason": "a", "reason": "b"}', "application/json"),
    (b'{"reason": "\\u0000"}', "application/json"),
    (b'{"reason": "\xff"}', "application/json"),
    (b'{"x":' + b"[" * 20 + b"]" * 20 + b"}", "application/json"),
    (b"{}", "application/json; charset=latin-1"),
    (b"--x--", "multipart/form-data; boundary=x"),
)


def around(path: str, *methods: str, body: Any = None) -> list[Ask]:
    """Other methods and formats, no id, an unknown one, one of elsewhere, a slash."""
    asks = [_other(method, path) for method in METHODS if method not in methods]
    asks += [
        Ask("GET", f"{path}/", by=SOME),
        Ask("GET", f"{path}?format=zzz", by=SOME),
        Ask("GET", path, headers={"Accept": "image/png"}, by=SOME),
        Ask("GET", path, headers={"Accept": "text/html"}, by=PAGE, is_brief=True),
        Ask("GET", f"{path}?format=json", by=PAGE, is_brief=True),
    ]
    if name := next((name for name in ELSEWHERE if name in path), None):
        asks.append(Ask("GET", path.replace(name, "not-an-id"), by=SOME))
        for method in methods:
            given = body if method in ("POST", "PUT", "PATCH") else None
            other = path.replace(name, ELSEWHERE[name])
            unknown = path.replace(name, UNKNOWN)
            asks += every(method, [unknown, other], given, by=BOTH_SIDES)
    return asks


def _other(method: str, path: str) -> Ask:
    # The body of OPTIONS describes the view to people; its headers are the answer.
    return Ask(method, path, by=SOME, is_bodiless=method == "OPTIONS")


def malformed(method: str, path: str, count: int = 3) -> list[Ask]:
    return [
        Ask(method, path, content, content_type=content_type, by=FEW)
        for content, content_type in MALFORMED[:count]
    ]


def refused(method: str, path: str, *bodies: Any) -> list[Ask]:
    """Well-formed bodies with a wrong value."""
    return [Ask(method, path, body, by=PAIR) for body in bodies]


def paging(path: str) -> list[Ask]:
    """Pages forth and back, and parameters that are refused."""
    first = Ask("GET", f"{path}{'&' if '?' in path else '?'}limit=2", by=FEW)
    second = Ask("GET", "{answer next}", after=(first,))
    last = Ask("GET", "{answer previous}", after=(first, second))
    queries = ("limit=0", "limit=101", "limit=x", "limit=", "cursor=x", "other=1")
    return [first, second, last, *wrong_queries(path, *queries)]


def wrong_queries(path: str, *queries: str) -> list[Ask]:
    return [Ask("GET", f"{path}?{query}", by=SOME) for query in queries]


def every(
    method: str, paths: Sequence[str], body: Any = None, by: tuple[str, ...] = ()
) -> list[Ask]:
    return [Ask(method, path, body, by=by) for path in paths]
