"""Deployments as lists, and one by one."""

from tests.answers.asking import Ask
from tests.answers.people import PAIR, SOME
from tests.answers.requests.common import (
    UNKNOWN,
    around,
    every,
    paging,
    wrong_queries,
)

OF_PROJECT = "/projects/{shop}/deployments"
OF_ENVIRONMENT = "/environments/{production}/deployments"
ALL = ("/deployments", OF_PROJECT, OF_ENVIRONMENT)
ONE = "/deployments/{shop v7}"
FILTERS = (
    "status=failed",
    "status=failed,running",
    "status=pending&status=cancelled",
    "trigger=rollback",
    "trigger=manual,rollback&status=success",
    "environment={staging}",
)
WRONG = (
    "status=nonsense",
    "status=",
    "status=failed,",
    "trigger=nonsense",
    "environment=not-an-id",
    f"environment={UNKNOWN}",
    "environment={cellar}",
    "stauts=failed",
)
SHOWN = [f"shop v{number}" for number in range(1, 14)] + [
    f"{name} v{number}" for name in ("blog", "forum", "wiki") for number in (1, 2, 3)
]

REQUESTS = [
    *every("GET", [f"/deployments/{{{name}}}" for name in SHOWN], by=PAIR),
    *around(ONE, "GET"),
    Ask("GET", f"{ONE}?other=1", by=SOME),
    *every("GET", ["/deployments", OF_PROJECT, "/projects/{blog}/deployments"]),
    *every("GET", [OF_ENVIRONMENT, "/environments/{bare}/deployments"]),
    *around("/deployments", "GET"),
    *around(OF_PROJECT, "GET"),
    *(ask for path in ALL for ask in paging(path)),
    *every("GET", [f"/deployments?{query}&limit=9" for query in FILTERS], by=PAIR),
    *every("GET", [f"{OF_PROJECT}?limit=3&{query}" for query in FILTERS], by=PAIR),
    *(ask for path in ALL for ask in wrong_queries(path, *WRONG)),
    # The filter stays in the links.
    *paging(f"{OF_PROJECT}?status=failed")[:3],
]
