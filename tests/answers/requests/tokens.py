"""Signing in, and going on."""

from tests.answers.asking import Ask
from tests.answers.requests.common import around, malformed, refused
from tests.factories import PASSWORD

OBTAIN, REFRESH = "/auth/token", "/auth/token/refresh"
REVOKE = "/auth/token/revoke"
SIGN_IN = Ask("POST", OBTAIN, {"username": "bob", "password": PASSWORD})
WRONG = Ask("POST", OBTAIN, {"username": "bob", "password": "wrong"})
AGAIN = Ask("POST", REFRESH, {"refresh": "{answer refresh}"})
#: So many failures that the next attempt has to wait.
MANY = (WRONG,) * 10

REQUESTS = [
    SIGN_IN,
    WRONG,
    *around(OBTAIN, "POST"),
    *malformed("POST", OBTAIN),
    *refused(
        "POST",
        OBTAIN,
        {},
        {"username": "bob"},
        {"username": "bob", "password": ""},
        {"username": "bob", "password": 5},
        {"username": "b" * 151, "password": "x"},
        {"username": "nobody", "password": PASSWORD},
        {"username": "ivan", "password": PASSWORD},
        {"username": "BOB", "password": PASSWORD},
    ),
    Ask(
        "POST",
        OBTAIN,
        b"username=bob&password=wrong",
        content_type="application/x-www-form-urlencoded",
    ),
    Ask("POST", OBTAIN, SIGN_IN.body, after=MANY, by=("anonymous", "alice")),
    *around(REFRESH, "POST"),
    *malformed("POST", REFRESH),
    *refused(
        "POST", REFRESH, {}, {"refresh": ""}, {"refresh": 5}, {"refresh": "not.a.token"}
    ),
    Ask("POST", REFRESH, AGAIN.body, after=(SIGN_IN,)),
    # Used up by that.
    Ask("POST", REFRESH, AGAIN.body, after=(SIGN_IN, AGAIN)),
    # An access token is none of the other kind.
    Ask("POST", REFRESH, {"refresh": "{answer access}"}, after=(SIGN_IN,)),
    *refused("POST", REVOKE, {}, {"refresh": "not.a.token"}),
    Ask("POST", REVOKE, AGAIN.body, after=(SIGN_IN,)),
    Ask("GET", "/audit?limit=1", after=(SIGN_IN,)),
]
