"""Servers, what they show, and looking at them."""

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

ONE, CHECK, HOST_KEY, KEY = (
    f"/servers/{{web-1}}{end}" for end in ("", "/check", "/host-key", "/key")
)
NEW = {
    "organization_id": "{acme}",
    "name": "new",
    "host": "new.example.org",
    "username": "deploy",
}
BAD_FIELDS = (
    {"name": ""},
    {"name": 5},
    {"name": "web-2"},
    {"host": "no host"},
    {"host": None},
    {"port": 0},
    {"port": 65_536},
    {"port": "ssh"},
    {"port": 22.0},
    {"port": True},
    {"username": "no user"},
    {"private_key": "no key"},
    {"host_key": "no key"},
    {"is_enabled": "perhaps"},
)
ACCEPT = Ask("PATCH", ONE, {"host_key": GIT_HOST_KEY})
REACHED = ["/servers/{web-2}/check", "/servers/{web-2}/host-key"]

REQUESTS = [
    Ask("GET", "/servers"),
    *around("/servers", "GET", "POST"),
    *paging("/servers"),
    Ask("POST", "/servers", NEW),
    Ask("POST", "/servers", {**NEW, "port": "2022", "is_enabled": False}),
    Ask("POST", "/servers", {**NEW, "host_key": GIT_HOST_KEY, "last_check": {}}),
    *malformed("POST", "/servers"),
    *refused("POST", "/servers", {}, {"organization_id": "{acme}"}),
    *refused(
        "POST",
        "/servers",
        {**NEW, "organization_id": "{elsewhere}"},
        {**NEW, "organization_id": UNKNOWN},
        {**NEW, "organization_id": 5},
        *({**NEW, **fields} for fields in BAD_FIELDS),
    ),
    Ask("GET", "/servers?limit=1", after=(Ask("POST", "/servers", NEW),)),
    Ask("GET", "/audit?limit=1", after=(Ask("POST", "/servers", NEW),)),
    *every("GET", [ONE, "/servers/{web-2}", "/servers/{web-3}"]),
    *around(ONE, "GET", "PATCH", body={"name": "taken-over"}),
    *malformed("PATCH", ONE),
    *refused("PATCH", ONE, *BAD_FIELDS),
    ACCEPT,
    Ask("PATCH", ONE, {}),
    Ask("PATCH", ONE, {"host_key": "", "is_enabled": False}),
    Ask("PATCH", ONE, {"organization_id": "{elsewhere}", "id": UNKNOWN}),
    Ask("GET", ONE, after=(ACCEPT,)),
    Ask("GET", "/audit?limit=2", after=(ACCEPT,)),
    Ask("PATCH", ONE, b"port=2022", content_type="application/x-www-form-urlencoded"),
    *every("POST", [CHECK, *REACHED, HOST_KEY, "/servers/{web-3}/check"]),
    Ask("POST", CHECK, b"not json"),
    Ask("POST", HOST_KEY, b"not json"),
    *around(CHECK, "POST"),
    *around(HOST_KEY, "POST"),
    *around(KEY, "GET", "POST"),
    Ask("POST", KEY, b"not json"),
    Ask("GET", "/servers/{web-2}", after=(Ask("POST", REACHED[0]),)),
    Ask("GET", "/audit?limit=1", after=(Ask("POST", REACHED[0]),)),
]
