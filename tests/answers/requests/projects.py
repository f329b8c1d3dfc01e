"""Projects, their deploy keys and the keys of their Git hosts."""

from tests.answers.asking import Ask
from tests.answers.requests.common import (
    UNKNOWN,
    around,
    every,
    malformed,
    paging,
    refused,
)
from tests.answers.world import GIT_HOST_KEY

SHOP, DEPLOY_KEY = "/projects/{shop}", "/projects/{shop}/deploy-key"
GIT_HOST = "/projects/{shop}/git-host-key"
NEW = {
    "organization_id": "{acme}",
    "name": "New",
    "git_url": "https://git.example.org/new.git",
}
GENERATE = Ask("POST", DEPLOY_KEY)
BAD_FIELDS = (
    {"name": ""},
    {"name": 5},
    {"name": None},
    {"name": "x" * 101},
    {"name": "a\u202eb"},
    {"git_url": "ftp://git.example.org/x"},
    {"git_url": "https://user:pass@git.example.org/x"},
    {"git_url": ""},
    {"git_host_key": "no key"},
    {"registry_host": "no host"},
    {"git_token": None},
)

REQUESTS = [
    Ask("GET", "/projects"),
    *around("/projects", "GET", "POST"),
    *paging("/projects"),
    Ask("POST", "/projects", NEW),
    Ask("POST", "/projects", {**NEW, "id": UNKNOWN, "last_version": 7, "other": True}),
    Ask(
        "POST",
        "/projects",
        {**NEW, "git_token": "t", "git_host_key": GIT_HOST_KEY, "name": "  Ne w "},
    ),
    *malformed("POST", "/projects"),
    *refused("POST", "/projects", {}, {"organization_id": "{acme}"}),
    *refused(
        "POST",
        "/projects",
        {**NEW, "organization_id": "{elsewhere}"},
        {**NEW, "organization_id": UNKNOWN},
        {**NEW, "organization_id": "not-an-id"},
        {**NEW, "organization_id": None},
        {**NEW, "name": "Shop"},
        *({**NEW, **fields} for fields in BAD_FIELDS),
    ),
    Ask("GET", "/projects?limit=1", after=(Ask("POST", "/projects", NEW),)),
    Ask("GET", "/audit?limit=1", after=(Ask("POST", "/projects", NEW),)),
    *every("GET", [SHOP, "/projects/{blog}", "/projects/{forum}"]),
    *around(SHOP, "GET", "PATCH", body={"name": "Taken over"}),
    *malformed("PATCH", SHOP),
    *refused("PATCH", SHOP, *BAD_FIELDS, {"name": "Blog"}),
    Ask("PATCH", SHOP, {}),
    Ask("PATCH", SHOP, {"name": "Store", "git_token": ""}),
    Ask("PATCH", SHOP, {"organization_id": "{elsewhere}", "id": UNKNOWN}),
    Ask("PATCH", SHOP, {"git_host_key": GIT_HOST_KEY}),
    Ask("PATCH", SHOP, {"git_url": "https://other.example.org/x.git"}),
    Ask("PATCH", SHOP, {"git_url": "https://other.example.org/x", "git_token": "n"}),
    Ask("GET", SHOP, after=(Ask("PATCH", SHOP, {"name": "Store"}),)),
    Ask(
        "GET",
        "/audit?limit=2",
        after=(Ask("PATCH", SHOP, {"git_host_key": GIT_HOST_KEY, "git_token": "n"}),),
    ),
    Ask(
        "PATCH",
        SHOP,
        b"name=Store",
        content_type="application/x-www-form-urlencoded",
    ),
    GENERATE,
    *around(DEPLOY_KEY, "POST", "DELETE"),
    Ask("DELETE", DEPLOY_KEY),
    Ask("DELETE", DEPLOY_KEY, after=(GENERATE,)),
    Ask("GET", SHOP, after=(GENERATE,)),
    Ask("GET", "/audit?limit=1", after=(GENERATE,)),
    Ask("GET", "/audit?limit=1", after=(GENERATE, Ask("DELETE", DEPLOY_KEY))),
    Ask("POST", DEPLOY_KEY, b"not json"),
    *every("POST", [GIT_HOST, "/projects/{blog}/git-host-key"]),
    Ask("POST", "/projects/{forum}/git-host-key"),
    *around(GIT_HOST, "POST"),
    Ask("POST", "/projects/{wiki}/catch-up"),
    Ask("POST", GIT_HOST, b"not json"),
]
