"""The front door, and addresses that lead nowhere."""

from tests.answers.asking import Ask
from tests.answers.people import SOME
from tests.answers.requests.common import METHODS, around

SIGNED_IN = ("anonymous", "charlie", "dora")

REQUESTS = [
    Ask("GET", "/"),
    *around("/", "GET"),
    Ask("GET", "/schema", by=SIGNED_IN, is_bodiless=True),
    # A refusal would be shown as a page, and pages are not asked about.
    Ask("GET", "/docs", by=SIGNED_IN, is_bodiless=True),
    Ask("GET", "/schema?format=json", by=("expired",), is_bodiless=True),
    *(Ask(method, "/schema", by=SIGNED_IN, is_bodiless=True) for method in METHODS[2:]),
    *(Ask(method, "/nothing", by=SOME, is_bodiless=True) for method in METHODS[1:]),
    Ask("GET", "/nothing"),
    Ask("POST", "/nothing", b"not json"),
    *(
        Ask("GET", path, by=SOME)
        for path in (
            "/api",
            "/api/",
            "/api/v1",
            "/api/v2/projects",
            "/api/v1//projects",
        )
    ),
    Ask("GET", "/nothing", headers={"Accept": "text/html"}, by=SOME, is_brief=True),
    Ask("GET", "/nothing", headers={"Accept": "image/png"}, by=SOME),
    Ask("GET", "/Projects", by=SOME),
]
