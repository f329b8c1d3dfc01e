"""Servers in the browser."""

from projects.models import AuditEntry, Organization, Server, User
from tests.factories import key_pair, make_server
from tests.pages import Page, queries_of, read, send, signed_in


def test_an_administrator_adds_a_server(organization: Organization, dora: User) -> None:
    private_key, host_key = key_pair()
    answer = send(
        signed_in(dora),
        "/servers/new",
        organization=organization.pk,
        name="web-1",
        host="web-1.example.org",
        username="deploy",
        private_key=private_key.replace("\n", "\r\n"),
        host_key=host_key,
    )
    assert answer.status_code == 302, Page(answer).text
    server = Server.objects.get()
    assert server.private_key == private_key
    page = read(signed_in(dora), "/servers")
    assert server.host_key_fingerprint in page.text
    assert "PRIVATE KEY" not in page.html


def test_the_fingerprint_is_shown_and_the_private_key_is_not(
    server: Server, dora: User
) -> None:
    page = read(signed_in(dora), f"/servers/{server.pk}/edit")
    assert f"Accepted host key: {server.host_key_fingerprint}" in page.text
    assert "PRIVATE KEY" not in page.html


def test_a_stored_private_key_can_be_removed(server: Server, dora: User) -> None:
    client = signed_in(dora)
    url = f"/servers/{server.pk}/edit"
    assert "Remove the stored private key" in read(client, url).text

    send(client, url, remove_private_key="on")

    server.refresh_from_db()
    assert server.private_key == ""
    assert "Remove the stored" not in read(client, url).text


def test_another_host_key_is_accepted_as_an_act_of_its_own(
    organization: Organization, dora: User
) -> None:
    server = make_server(organization, by=dora, host_key="")
    assert (
        "No host key is accepted yet"
        in read(signed_in(dora), f"/servers/{server.pk}/edit").text
    )

    answer = send(signed_in(dora), f"/servers/{server.pk}/edit", host_key=key_pair()[1])

    assert answer.status_code == 302, Page(answer).text
    server.refresh_from_db()
    entry = AuditEntry.objects.get(action="server.host_key_accepted")
    assert entry.facts == {"before": "", "after": server.host_key_fingerprint}


def test_members_see_servers_and_change_none(server: Server, alice: User) -> None:
    client = signed_in(alice)
    page = read(client, "/servers")
    assert "deploy@web-1.example.org:22" in page.text
    assert "Edit" not in page.links
    assert client.get("/servers/new").status_code == 403
    assert client.post(f"/servers/{server.pk}/edit", {"name": "x"}).status_code == 403


def test_a_stranger_sees_none(server: Server, charlie: User) -> None:
    client = signed_in(charlie)
    assert "web-1" not in read(client, "/servers").text
    assert client.get(f"/servers/{server.pk}/edit").status_code == 404


def test_more_servers_take_no_more_queries(
    organization: Organization, server: Server, dora: User
) -> None:
    client = signed_in(dora)
    queries = queries_of(client, "/servers")
    for number in range(5):
        make_server(organization, by=dora, name=f"web-{number + 2}")
    assert queries_of(client, "/servers") == queries
