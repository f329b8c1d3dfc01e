"""Servers through the API: keys go in, fingerprints come out."""

from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import dsa

from projects.models import AuditEntry, Organization, Server, User
from tests import factories
from tests.api import Api

MEMBERS = [
    *("id", "organization_id", "name", "host", "port", "username"),
    *("host_key_fingerprint", "is_enabled", "last_check"),
]


WIDE_TWO = "\N{FULLWIDTH DIGIT TWO}"
DSA_LINE = "ssh-dss AAAAB3NzaC1kc3MAAAAA"


def create(by: User, organization: Organization, **fields: Any) -> Any:
    body = {
        "organization_id": str(organization.pk),
        "name": "db-1",
        "host": "db-1.example.org",
        "username": "deploy",
    }
    return Api(by).post("/servers", {**body, **fields})


def test_a_server_is_created_and_its_key_never_shown(
    organization: Organization, dora: User
) -> None:
    private_key, host_key = factories.key_pair()
    answer = create(dora, organization, private_key=private_key, host_key=host_key)
    assert answer.status_code == 201
    new = answer.json()
    assert list(new) == MEMBERS
    assert new["port"] == 22
    assert new["host_key_fingerprint"].startswith("SHA256:")
    shown = [answer, Api(dora).get(f"/servers/{new['id']}"), Api(dora).get("/servers")]
    assert all(b"PRIVATE KEY" not in one.content for one in shown)
    assert Server.objects.get().private_key == private_key


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("host", one) for one in ("-oProxyCommand=x", "a b", "u@h", "h:22", "h\n")],
        *[("host", one) for one in ("http://h", "", "x" * 254, 5)],
        *[("host", one) for one in ("0x7f000001", "2130706433", "127.1", "0x7f.0.0.1")],
        *[
            ("host", one)
            for one in ("0177.0.0.1", f"{WIDE_TWO}7.0.0.1", "fe80::1%a b", "a.0x1")
        ],
        *[
            ("port", one)
            for one in (0, -1, 65536, "22abc", True, "22.", 2**31, WIDE_TWO * 2)
        ],
        *[("username", one) for one in ("-l", "a b", "root;id", "$USER", "x" * 256)],
        *[("username", one) for one in ("", "a\nb", "a\u00a0b", "a\u202eb", "a\\")],
        *[("private_key", one) for one in ("garbage", "x" * 17_000, 5)],
        *[("host_key", one) for one in ("x", "ssh-ed25519 !", "a\nb", "@revoked x y")],
        ("host_key", DSA_LINE),
        *[("name", one) for one in ("", "\u0007", "x" * 101)],
        ("is_enabled", "perhaps"),
    ],
)
def test_a_value_that_cannot_be_is_refused(
    name: str, value: Any, organization: Organization, dora: User
) -> None:
    answer = create(dora, organization, **{name: value})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]
    assert not Server.objects.exists()


@pytest.mark.parametrize(
    "name",
    [
        *("john.doe", "Administrator", "deploy@corp.example", "123user", "WEB$"),
        *("CORP\\deploy", "user:target", "jörg", "_x"),
    ],
)
def test_an_account_is_called_what_the_server_calls_it(
    name: str, organization: Organization, dora: User
) -> None:
    answer = create(dora, organization, username=name)
    assert answer.status_code == 201, answer.json()
    assert answer.json()["username"] == name


def test_a_dsa_key_and_two_keys_in_one_field_are_refused(
    organization: Organization, dora: User
) -> None:
    (private, public), (other, _) = factories.key_pair(), factories.key_pair()
    dsa_key = dsa.generate_private_key(2048).private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.PKCS8,
        serialization.NoEncryption(),
    )
    for name, value in [
        ("private_key", dsa_key.decode()),
        ("private_key", private + other),
        ("host_key", f"{public} {public}"),
        ("host_key", f"{public}\r"),
    ]:
        answer = create(dora, organization, **{name: value})
        assert list(answer.json()["errors"]) == [name], value
    assert not Server.objects.exists()


def test_a_refused_key_is_not_repeated(organization: Organization, dora: User) -> None:
    answer = create(dora, organization, private_key="BEGIN hunter2 END")
    assert "hunter2" not in answer.content.decode()


def test_giving_a_host_key_accepts_it_and_is_audited(
    server: Server, dora: User
) -> None:
    before = server.host_key_fingerprint
    path = f"/servers/{server.pk}"
    assert Api(dora).patch(path, {"host_key": ""}).json()["host_key_fingerprint"] == ""
    Api(dora).patch(path, {"host_key": factories.key_pair()[1]})
    accepted = AuditEntry.objects.filter(action="server.host_key_accepted")
    assert [entry.facts["after"] for entry in accepted] == [before, ""]


def test_last_check_is_not_for_clients_to_set(server: Server, dora: User) -> None:
    answer = Api(dora).patch(f"/servers/{server.pk}", {"last_check": {"at": "now"}})
    assert answer.json()["last_check"] is None
