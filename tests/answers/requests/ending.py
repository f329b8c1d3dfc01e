"""Cancel, and finish by force."""

from tests.answers.asking import Ask
from tests.answers.people import PAIR
from tests.answers.requests.common import around, every, refused
from tests.answers.requests.verbs import verb

WAITING, RUNNING = "/deployments/{blog v3}/cancel", "/deployments/{forum v3}/cancel"
FORCE = "/deployments/{wiki v3}/force-finish"
STUCK = {"reason": "The worker is gone."}
OTHERS = [f"/deployments/{{shop v{number}}}" for number in (1, 6, 7)]

REQUESTS = [
    *around("/deployments/{shop v7}/cancel", "POST"),
    *verb(WAITING),
    *verb(RUNNING),
    Ask("POST", "/deployments/{wiki v3}/cancel"),
    Ask("POST", WAITING, after=(Ask("POST", WAITING),)),
    Ask("POST", RUNNING, after=(Ask("POST", RUNNING),)),
    Ask("GET", "/deployments/{blog v3}/events", after=(Ask("POST", WAITING),)),
    Ask("GET", "/deployments/{forum v3}", after=(Ask("POST", RUNNING),)),
    Ask("GET", "/deployments/{forum v3}/events?after=8", after=(Ask("POST", RUNNING),)),
    *every("POST", [f"{path}/cancel" for path in OTHERS], by=PAIR),
    *around("/deployments/{shop v7}/force-finish", "POST", body=STUCK),
    *verb(FORCE, STUCK),
    *every("POST", [f"{path}/force-finish" for path in OTHERS], STUCK, by=PAIR),
    *every(
        "POST",
        [f"/deployments/{{{name} v3}}/force-finish" for name in ("blog", "forum")],
        STUCK,
        by=PAIR,
    ),
    *refused("POST", FORCE, {}, {"reason": ""}, {"reason": "\t"}),
    Ask("POST", FORCE, STUCK, after=(Ask("POST", FORCE, STUCK),)),
    Ask("POST", FORCE.replace("wiki", "forum"), STUCK, after=(Ask("POST", RUNNING),)),
    Ask("GET", "/deployments/{wiki v3}/events", after=(Ask("POST", FORCE, STUCK),)),
]
