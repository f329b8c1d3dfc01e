"""Redeploy, and roll back."""

from tests.answers.asking import Ask
from tests.answers.people import PAIR
from tests.answers.requests.common import UNKNOWN, every, refused
from tests.answers.requests.verbs import left_behind, verb

REDEPLOY, ROLLBACK = (
    "/deployments/{shop v7}/redeploy",
    "/deployments/{shop v5}/rollback",
)
OTHERS = [f"shop v{number}" for number in (1, 6, 9, 10, 11, 12, 13)] + [
    f"{name} v{number}" for name in ("blog", "forum", "wiki") for number in (2, 3)
]
TARGETS = ("{shop v1}", "{shop v5}", "{shop v6}", "{shop v8}", "{attic v1}", UNKNOWN)


def _each(verb: str, beside: str) -> list[str]:
    return [f"/deployments/{{{name}}}/{verb}" for name in [beside, *OTHERS]]


REQUESTS = [
    *verb(REDEPLOY),
    *left_behind(REDEPLOY),
    *every("POST", _each("redeploy", "shop v5"), by=PAIR),
    *verb(ROLLBACK),
    *left_behind(ROLLBACK),
    *every("POST", _each("rollback", "shop v7"), by=PAIR),
    *refused("POST", ROLLBACK, *({"to": target} for target in TARGETS)),
    *refused("POST", ROLLBACK, {"to": None}, {"to": "not-an-id"}, {"to": 5}),
    Ask(
        "POST",
        ROLLBACK,
        b"to={shop v1}",
        content_type="application/x-www-form-urlencoded",
    ),
]
