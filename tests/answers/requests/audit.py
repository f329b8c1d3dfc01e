"""Who did what."""

from tests.answers.requests.common import (
    UNKNOWN,
    around,
    every,
    paging,
    wrong_queries,
)

FILTERS = (
    "project={shop}",
    "project={attic}",
    f"project={UNKNOWN}",
    "action=variable.set",
    "action=nonsense",
    "action=",
    "project={shop}&action=environment.created",
)

REQUESTS = [
    *every("GET", ["/audit", "/audit?limit=100"]),
    *around("/audit", "GET"),
    *paging("/audit"),
    *every("GET", [f"/audit?{query}" for query in FILTERS]),
    *wrong_queries("/audit", "project=x", "actor=alice"),
]
