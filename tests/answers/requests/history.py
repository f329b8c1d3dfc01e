"""Events, log and stream."""

from tests.answers.asking import Ask
from tests.answers.requests.common import around, every, wrong_queries

FAILED, LONG = "/deployments/{shop v7}", "/deployments/{shop v1}"
EVENTS, LOG, STREAM = (f"{FAILED}/{end}" for end in ("events", "log", "stream"))
FIRST = Ask("GET", f"{LONG}/events")
AFTER = ("x", "-1", "", "1.5", "2000000001")

REQUESTS = [
    *every("GET", [EVENTS, f"{EVENTS}?after=4", f"{EVENTS}?after=10"]),
    *every("GET", ["/deployments/{forum v3}/events", "/deployments/{blog v3}/events"]),
    Ask("GET", "/deployments/{forum v3}/events?after=8"),
    FIRST,
    Ask("GET", "{answer next}", after=(FIRST,)),
    *around(EVENTS, "GET"),
    *wrong_queries(EVENTS, *(f"after={text}" for text in AFTER), "afetr=1"),
    *every("GET", [LOG, f"{LOG}?ansi=1", f"{LOG}?ansi=0", f"{LONG}/log"]),
    *every("GET", ["/deployments/{forum v3}/log", "/deployments/{blog v3}/log"]),
    *around(LOG, "GET"),
    *wrong_queries(LOG, "ansi=2", "ansi=x", "ansi=", "other=1"),
    # Under WSGI, which the test client speaks, there are no streams.
    *every("GET", [STREAM, f"{STREAM}?after=x", "/deployments/{forum v3}/stream"]),
    Ask("GET", STREAM, headers={"Origin": "https://elsewhere.example.org"}),
    *around(STREAM, "GET"),
]
