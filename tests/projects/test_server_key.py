"""The key pair with which the console signs in to a server, made by the console."""

import pytest
from django.test import override_settings

from projects import services
from projects.keys import generate_key, public_line
from projects.models import AuditEntry, Organization, Server, User
from tests import factories
from tests.administration import enter, enter_as_superuser, list_of, messages, page_of
from tests.api import Api
from tests.pages import read, signed_in


@pytest.fixture
def keyless(organization: Organization, dora: User) -> Server:
    return factories.make_server(organization, by=dora, private_key="")


def secret_of(server: Server) -> str:
    """A line of the private half that is like no other."""
    return Server.objects.get(pk=server.pk).private_key.splitlines()[2]


def test_the_public_line_is_that_of_the_private_key() -> None:
    private, public = generate_key()
    assert public_line(private) == public
    assert public_line("rubbish") == ""


def test_a_pair_is_stored_and_only_its_public_half_is_audited(
    keyless: Server, dora: User
) -> None:
    services.generate_server_key(keyless, by=dora, address="192.0.2.1")

    stored = Server.objects.get(pk=keyless.pk)
    assert stored.private_key.startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    assert stored.public_key.startswith("ssh-ed25519 ")
    entry = AuditEntry.objects.get(action="server.key_generated")
    assert entry.facts == {"public_key": stored.public_key}
    assert entry.address == "192.0.2.1"


def test_a_stored_key_is_not_overwritten(server: Server, dora: User) -> None:
    before = secret_of(server)

    with pytest.raises(services.KeyStored, match="remove it first"):
        services.generate_server_key(server, by=dora)
    signed_in(dora).post(f"/servers/{server.pk}/key")
    answer = Api(dora).post(f"/servers/{server.pk}/key")

    assert (answer.status_code, answer.json()["code"]) == (409, "key_stored")
    assert secret_of(server) == before
    assert not AuditEntry.objects.filter(action="server.key_generated").exists()


def test_the_page_makes_a_pair_and_shows_its_line_to_copy(
    keyless: Server, dora: User
) -> None:
    client, url = signed_in(dora), f"/servers/{keyless.pk}"
    before = read(client, url)
    assert "Store one ( Edit ), or let the console make one" in before.text

    answer = client.post(f"{url}/key")

    assert answer.headers["Location"] == url
    page = read(client, url)
    assert Server.objects.get().public_key in page.text
    assert 'data-copies="public-key"' in page.html
    assert "Make a key" not in page.text
    assert secret_of(keyless) not in page.html


def test_who_may_not_make_one_reads_whom_to_ask(keyless: Server, alice: User) -> None:
    url = f"/servers/{keyless.pk}"
    page = read(signed_in(alice), url)
    assert f"Ask an administrator of {keyless.organization.name}" in page.text
    assert "Make a key" not in page.text
    assert signed_in(alice).post(f"{url}/key").status_code == 403
    assert not Server.objects.get().private_key


def test_a_stranger_finds_no_server(keyless: Server, charlie: User) -> None:
    assert signed_in(charlie).post(f"/servers/{keyless.pk}/key").status_code == 404


def test_the_api_answers_with_the_public_half(
    keyless: Server, dora: User, bob: User
) -> None:
    path = f"/servers/{keyless.pk}/key"
    nothing = {"public_key": "", "fingerprint": ""}
    assert Api(bob).get(path).json() == nothing

    made = Api(dora).post(path)

    stored = Server.objects.get()
    assert made.json() == {
        "public_key": stored.public_key,
        "fingerprint": stored.public_key_fingerprint,
    }
    assert Api(bob).get(path).json() == made.json()
    for answer in (made, Api(dora).get("/audit")):
        assert secret_of(keyless) not in answer.content.decode()


def test_a_key_that_nothing_opens_leaves_the_page_readable(
    server: Server, dora: User
) -> None:
    with override_settings(ENCRYPTION_KEYS=["A" * 43 + "="]):
        page = read(signed_in(dora), f"/servers/{server.pk}")
    assert "Key to sign in" in page.text
    assert "Make a key" not in page.text


@pytest.mark.ignore_template_errors
def test_the_administration_makes_keys_for_servers_without_one(
    keyless: Server, organization: Organization, dora: User
) -> None:
    other = factories.make_server(organization, by=dora, name="db-1")
    door = enter_as_superuser(dora)

    answer = door.post(
        list_of(Server),
        {
            "action": "generate_server_keys",
            "_selected_action": [keyless.pk, other.pk],
        },
    )

    line = Server.objects.get(pk=keyless.pk).public_key
    assert sorted(messages(answer)) == [
        "db-1: A private key of db-1 is stored and stays. To have another one made, "
        "remove it first.",
        f"web-1: add this line to authorized_keys: {line}",
    ]
    page = door.get(page_of(keyless)).text
    assert line in page
    assert secret_of(keyless) not in page


@pytest.mark.ignore_template_errors
def test_model_permissions_alone_make_no_key(keyless: Server, alice: User) -> None:
    door = enter(alice, "view_server", "change_server")
    answer = door.post(
        list_of(Server),
        {"action": "generate_server_keys", "_selected_action": [keyless.pk]},
    )
    assert messages(answer) == [
        "web-1: you don't have permission to change this server."
    ]
    assert not Server.objects.get().private_key
