"""What a deployment is configured with."""

from tests.answers.asking import Ask
from tests.answers.people import PAIR
from tests.answers.requests.common import around, every

ONE = "/deployments/{shop v7}/configuration"
SHOWN = [f"shop v{number}" for number in (1, 5, 8, 9, 10, 11, 12)]
CHANGE = Ask("PATCH", "/environments/{production}", {"runtime": "docker"})
NEW_SECRET = Ask(
    "PUT", "/environments/{production}/variables/OLD", {"value": "secret now"}
)

REQUESTS = [
    Ask("GET", ONE),
    *around(ONE, "GET"),
    *every(
        "GET", [f"/deployments/{{{name}}}/configuration" for name in SHOWN], by=PAIR
    ),
    *every("GET", ["/deployments/{blog v3}/configuration", f"{ONE}?other=1"]),
    Ask("GET", ONE, after=(CHANGE,)),
    Ask("GET", ONE, after=(NEW_SECRET,)),
]
