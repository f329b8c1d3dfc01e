"""A new release."""

from tests.answers.asking import Ask
from tests.answers.people import PAIR
from tests.answers.requests.common import every, refused
from tests.answers.requests.verbs import left_behind, verb

DEPLOY = "/environments/{production}/deployments"
PLACES = ["staging", "bare", "closed", "parked", "blog-production"]
COMMITS = ("0" * 40, "abc", "A" * 40, 5, None, ["x"], f"{'a' * 40} ")

REQUESTS = [
    *verb(DEPLOY),
    *left_behind(DEPLOY),
    *every(
        "POST", [f"/environments/{{{place}}}/deployments" for place in PLACES], by=PAIR
    ),
    Ask("POST", DEPLOY, {"git_commit": "a" * 40, "reason": "This one"}),
    Ask("POST", DEPLOY, {"git_commit": ""}),
    *refused("POST", DEPLOY, *({"git_commit": commit} for commit in COMMITS)),
    Ask("POST", "/environments/{bare}/deployments", {"git_commit": "abc"}),
]
