"""Where a project runs."""

from tests.answers.asking import Ask
from tests.answers.people import PAIR
from tests.answers.requests.common import (
    UNKNOWN,
    around,
    every,
    malformed,
    paging,
    refused,
)

ALL, ONE = "/projects/{shop}/environments", "/environments/{production}"
NEW = {"name": "new", "deploy_path": "/srv/new"}
BAD_FIELDS = (
    {"name": ""},
    {"name": 5},
    {"name": "staging"},
    {"type": "nonsense"},
    {"runtime": "nonsense"},
    {"git_branch": "../x"},
    {"deploy_path": "relative"},
    {"deploy_path": None},
    {"keep_releases": 0},
    {"keep_releases": 101},
    {"keep_releases": "many"},
    {"keep_releases": True},
    {"keep_releases": 2.5},
    {"step_timeout_seconds": 0},
    {"total_timeout_seconds": 86_401},
    {"health_check_url": "nonsense"},
    {"build_command": "x" * 8193},
    {"shared_paths": "../up"},
    {"docker_domain": "shop.example.org"},
    {"docker_network": "host", "docker_ports": "127.0.0.1:1:1"},
    {"docker_ports": "nonsense"},
    {"docker_port": 70_000},
    {"is_enabled": "perhaps"},
    {"vm_id": "not-an-id"},
    {"vm_id": "{attic-1}"},
    {"vm_id": UNKNOWN},
)
CHANGE = Ask("PATCH", ONE, {"build_command": "make all", "keep_releases": 3})

REQUESTS = [
    Ask("GET", ALL),
    Ask("GET", "/projects/{wiki}/environments"),
    *around(ALL, "GET", "POST", body=NEW),
    *paging(ALL),
    Ask("POST", ALL, NEW),
    Ask("POST", ALL, {**NEW, "vm_id": "{web-2}", "type": "production"}),
    Ask("POST", ALL, {**NEW, "vm_id": None, "runtime": "docker", "docker_port": None}),
    Ask("POST", ALL, {**NEW, "project_id": "{attic}", "auto_deploy": True}),
    *malformed("POST", ALL),
    *refused("POST", ALL, {}, {"name": "new"}),
    *refused("POST", ALL, *({**NEW, **fields} for fields in BAD_FIELDS)),
    # One environment to a folder.
    Ask(
        "POST",
        ALL,
        {"name": "new", "deploy_path": "/srv/shop/production", "vm_id": "{web-1}"},
    ),
    Ask("GET", f"{ALL}?limit=1", after=(Ask("POST", ALL, NEW),)),
    Ask("GET", "/audit?limit=1", after=(Ask("POST", ALL, NEW),)),
    *every(
        "GET", [f"/environments/{{{name}}}" for name in "staging bare".split()], by=PAIR
    ),
    *every("GET", ["/environments/{blog-production}", ONE]),
    *around(ONE, "GET", "PATCH", body={"name": "taken over"}),
    *malformed("PATCH", ONE),
    *refused("PATCH", ONE, *BAD_FIELDS),
    CHANGE,
    Ask("PATCH", ONE, {}),
    Ask("PATCH", ONE, {"vm_id": None}),
    Ask("PATCH", ONE, {"vm_id": "{web-2}", "name": "moved"}),
    Ask("PATCH", ONE, {"project_id": "{blog}", "id": UNKNOWN, "auto_deploy": True}),
    Ask("PATCH", ONE, {"live_deployment": None, "fingerprint_key": "mine"}),
    Ask("GET", ONE, after=(CHANGE,)),
    Ask("GET", "/audit?limit=1", after=(CHANGE,)),
    Ask(
        "PATCH",
        ONE,
        b"keep_releases=4&is_enabled=false",
        content_type="application/x-www-form-urlencoded",
    ),
]
