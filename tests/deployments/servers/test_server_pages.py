"""The page of a server: findings that grow, and a key to accept."""

from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from deployments import services
from deployments.engine import ssh
from deployments.engine.inspection import Subject
from projects import services as project_services
from projects.models import AuditEntry, Environment, Project, Server, User
from tests import factories
from tests.deployments.servers.looking import begun, checked
from tests.deployments.sshd import Sshd
from tests.pages import queries_of, read, signed_in


def test_the_page_shows_each_finding_with_its_sentence(
    away: Server, environment: Environment, alice: User
) -> None:
    client = signed_in(alice)
    url = f"/servers/{away.pk}"
    assert "has not been checked yet" in read(client, url).text
    answer = client.post(f"{url}/check")
    assert (answer.status_code, answer["Location"]) == (302, url)
    page = read(client, url)
    assert "127.0.0.1 refused the SSH connection on port 1" in page.text
    assert "Checked by alice just now" in page.text
    assert "1 failed, 1 ok, 9 skipped" in page.text
    assert page.links["Shop production"] == f"/environments/{environment.pk}"


def test_a_running_check_is_watched_by_its_findings(
    server: Server, environment: Environment, bob: User
) -> None:
    begun(server, seconds_ago=2)
    html = read(signed_in(bob), f"/servers/{server.pk}/findings").html
    assert "data-running" in html
    assert "<html" not in html
    begun(server, seconds_ago=3600)
    page = read(signed_in(bob), f"/servers/{server.pk}/findings")
    assert "data-running" not in page.html
    assert "cut off before its end" in page.text


def test_pressing_the_button_meanwhile_leads_to_the_check_that_runs(
    server: Server, dora: User, quick: list[Subject]
) -> None:
    begun(server, seconds_ago=2)
    answer = signed_in(dora).post(f"/servers/{server.pk}/check")
    assert answer.status_code == 302
    assert "Checked by bob" in read(signed_in(dora), answer["Location"]).text
    assert quick == []


def test_the_list_leads_to_the_page_of_each_server(server: Server, alice: User) -> None:
    page = read(signed_in(alice), "/servers")
    assert page.links["web-1"] == f"/servers/{server.pk}"


def test_a_viewer_reads_the_findings_and_gets_no_buttons(
    away: Server, environment: Environment, bob: User, dora: User
) -> None:
    services.check_server(away, by=dora)
    page = read(signed_in(bob), f"/servers/{away.pk}")
    assert "Checked by dora" in page.text
    assert "can check it" in page.text
    assert {"Edit"}.isdisjoint(page.links)
    assert "Check server" not in page.text
    assert "Fetch host key" not in page.text


def test_every_page_of_a_server_knows_who_may(
    away: Server,
    environment: Environment,
    alice: User,
    bob: User,
    charlie: User,
    dora: User,
) -> None:
    """alice deploys there: she may look, and accepts nothing."""
    expected = {
        ("get", ""): (200, 200, 404, 200),
        ("get", "/findings"): (200, 200, 404, 200),
        ("get", "/edit"): (403, 403, 404, 200),
        ("post", "/check"): (302, 403, 404, 302),
        ("post", "/host-key"): (302, 403, 404, 302),
        ("post", "/host-key/accept"): (403, 403, 404, 400),
        ("get", "/check"): (405, 405, 405, 405),
    }
    clients = [signed_in(user) for user in (alice, bob, charlie, dora)]
    for (method, below), codes in expected.items():
        url = f"/servers/{away.pk}{below}"
        got = tuple(getattr(client, method)(url).status_code for client in clients)
        assert (method, below, got) == (method, below, codes)
        assert Client().generic(method.upper(), url).status_code == 302


@pytest.mark.parametrize("action", ["check", "host-key", "host-key/accept"])
def test_another_site_cannot_press_the_buttons(
    action: str, away: Server, dora: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(dora)
    assert client.post(f"/servers/{away.pk}/{action}").status_code == 403
    assert checked(away) is None


def test_a_key_is_fetched_compared_and_accepted_by_a_person(
    reachable: Server, sshd: Sshd, dora: User
) -> None:
    project_services.change_server(reachable, by=dora, host_key="")
    client = signed_in(dora)
    url = f"/servers/{reachable.pk}"
    page = read_after_post(client, f"{url}/host-key")
    fingerprint = ssh.fingerprint(sshd.host_key)
    assert fingerprint in page.text
    assert page.fields["host_key"] == sshd.host_key

    answer = client.post(f"{url}/host-key/accept", page.fields)

    assert answer["Location"] == url
    assert f"Accepted: {fingerprint}" in read(client, url).text
    assert Server.objects.get().host_key == sshd.host_key
    entry = AuditEntry.objects.filter(action="server.host_key_accepted")[0]
    assert (entry.actor, entry.facts["after"]) == (dora, fingerprint)


def test_a_changed_key_is_shown_beside_the_accepted_one_with_a_warning(
    reachable: Server, environment: Environment, sshd: Sshd, alice: User, dora: User
) -> None:
    sshd.stop()
    fingerprint = ssh.fingerprint(sshd.change_host_key())
    sshd.start()
    url = f"/servers/{reachable.pk}/host-key"
    page = read_after_post(signed_in(dora), url)
    assert "shows another key than the accepted one" in page.text
    assert f"Shown now {fingerprint}" in page.text
    assert f"Accepted {reachable.host_key_fingerprint}" in page.text
    assert "Accept this key" in page.text
    for_alice = read_after_post(signed_in(alice), url)
    assert fingerprint in for_alice.text
    assert "Accept this key" not in for_alice.text


def test_there_is_nothing_to_accept_when_it_shows_the_accepted_key(
    reachable: Server, dora: User
) -> None:
    page = read_after_post(signed_in(dora), f"/servers/{reachable.pk}/host-key")
    assert "The server shows the accepted key." in page.text
    assert "Accept this key" not in page.text


def test_a_key_that_cannot_be_fetched_leads_back_with_the_reason(
    away: Server, dora: User
) -> None:
    answer = signed_in(dora).post(f"/servers/{away.pk}/host-key", follow=True)
    assert "refused the SSH connection" in answer.content.decode()


def test_what_is_no_key_is_not_accepted(server: Server, dora: User) -> None:
    before = server.host_key
    url = f"/servers/{server.pk}/host-key/accept"
    answer = signed_in(dora).post(url, {"host_key": "ssh-ed25519 nonsense"})
    assert answer.status_code == 400
    assert Server.objects.get().host_key == before


def test_accepting_nothing_does_not_withdraw_the_key(
    server: Server, dora: User
) -> None:
    url = f"/servers/{server.pk}/host-key/accept"
    assert signed_in(dora).post(url).status_code == 400
    assert Server.objects.get().host_key == server.host_key


def test_a_failure_on_the_way_to_the_server_leads_to_its_page(
    environment: Environment, alice: User
) -> None:
    lost = factories.make_deployment(
        environment, by=alice, error_code="host_key_mismatch", error_probe="host_key"
    )
    code = factories.make_deployment(
        environment, by=alice, error_code="tests_failed", error_probe=""
    )
    client = signed_in(alice)
    link = "Check the server web-1"
    page = read(client, f"/deployments/{lost.pk}")
    assert page.links[link] == f"/servers/{environment.server_id}"
    assert link not in read(client, f"/deployments/{code.pk}").links


def test_the_page_takes_as_many_queries_for_many_environments(
    project: Project, away: Server, environment: Environment, alice: User, dora: User
) -> None:
    services.check_server(away, by=dora)
    client = signed_in(alice)
    url = f"/servers/{away.pk}"
    few = queries_of(client, url)
    for name in ("one", "two", "three"):
        factories.make_environment(
            project, away, by=dora, name=name, deploy_path=f"/srv/{name}"
        )
    assert queries_of(client, url) == few
    assert few <= 9
    assert queries_of(client, f"{url}/findings") <= 4


def test_markup_from_a_server_is_only_text(server: Server, dora: User) -> None:
    finding = {**FINDING, "sentence": "<img src=x onerror=alert(1)>"}
    at = timezone.now().isoformat()
    check = {"at": at, "by": "dora", "is_complete": True, "findings": [finding]}
    Server.objects.filter(pk=server.pk).update(last_check=check)
    assert "<img" not in read(signed_in(dora), f"/servers/{server.pk}").html


FINDING = {"name": "disk", "state": "ok", "sentence": "Much is free.", "facts": {}}


def read_after_post(client: Client, url: str) -> Any:
    class Posting:
        def get(self, url: str) -> Any:
            return client.post(url)

    return read(Posting(), url)  # type: ignore[arg-type]
