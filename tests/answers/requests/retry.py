"""The same once more."""

from tests.answers.asking import Ask
from tests.answers.people import PAIR
from tests.answers.requests.common import every
from tests.answers.requests.verbs import KEY, left_behind, verb, wrong_keys

RETRY = "/deployments/{shop v7}/retry"
#: Not failed, failed before, in the way of another, disabled, on a disabled server.
OTHERS = [f"shop v{number}" for number in (1, 2, 3, 4, 6, 8, 11, 12, 13)] + [
    f"{name} v{number}" for name in ("blog", "forum", "wiki") for number in (2, 3)
]
CHANGE = Ask("PATCH", "/environments/{production}", {"is_enabled": False})

REQUESTS = [
    *verb(RETRY, count=9),
    *left_behind(RETRY),
    *wrong_keys(RETRY),
    *every("POST", [f"/deployments/{{{name}}}/retry" for name in OTHERS], by=PAIR),
    Ask("POST", RETRY, after=(CHANGE,)),
    Ask("POST", RETRY, {"reason": 5}, after=(CHANGE,)),
    Ask("POST", "/deployments/{shop v1}/retry", b"not json"),
    Ask("POST", "/deployments/{shop v1}/retry", headers=KEY),
    Ask(
        "POST",
        "/deployments/{shop v2}/retry",
        headers=KEY,
        after=(Ask("POST", RETRY, headers=KEY),),
    ),
]
