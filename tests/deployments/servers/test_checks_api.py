"""Checking a server and fetching its key through the API."""

import re
from urllib.parse import urlencode

import pytest
from django.test import Client

from projects.models import AuditEntry, Environment, Server, User
from projects.secrets import Ciphertext
from tests.api import Api
from tests.deployments.servers.looking import begun, checked
from tests.deployments.sshd import Sshd


def test_the_api_answers_with_every_finding_and_shows_them_later(
    away: Server, environment: Environment, alice: User, bob: User
) -> None:
    path = f"/servers/{away.pk}"
    answer = Api(alice).post(f"{path}/check")
    assert answer.status_code == 200
    check = answer.json()
    assert list(check) == ["at", "by", "is_complete", "findings"]
    assert list(check["findings"][0]) == ["name", "state", "sentence", "facts"]
    states = {finding["name"]: finding["state"] for finding in check["findings"]}
    assert (states["name_resolution"], states["connection"]) == ("ok", "failed")
    assert states["disk"] == "skipped"
    assert Api(bob).get(path).json()["last_check"] == check
    entry = AuditEntry.objects.get(action="server.checked")
    assert (entry.actor, entry.address) == (alice, "127.0.0.1")


def test_a_private_key_that_no_key_opens_is_said_and_nothing_begins(
    away: Server, dora: User
) -> None:
    Server.objects.update(private_key=Ciphertext("sealed with another key"))
    answer = Api(dora).post(f"/servers/{away.pk}/check")
    assert (answer.status_code, answer.json()["code"]) == (503, "decrypt_failed")
    assert checked(away) is None


def test_the_api_refuses_a_second_check_meanwhile(
    away: Server, environment: Environment, dora: User
) -> None:
    begun(away, seconds_ago=1)
    answer = Api(dora).post(f"/servers/{away.pk}/check")
    assert (answer.status_code, answer.json()["code"]) == (409, "check_in_progress")


@pytest.mark.parametrize("action", ["check", "host-key"])
def test_the_api_tells_strangers_and_viewers_apart(
    action: str, away: Server, environment: Environment, bob: User, charlie: User
) -> None:
    path = f"/servers/{away.pk}/{action}"
    assert Api().post(path).status_code == 401
    assert Api(charlie).post(path).status_code == 404
    refused = Api(bob).post(path)
    assert (refused.status_code, refused.json()["detail"]) == (
        403,
        "You don't have permission to check this server",
    )
    assert checked(away) is None


def test_the_api_fetches_a_key_and_accepts_it_by_patch(
    reachable: Server, sshd: Sshd, dora: User
) -> None:
    path = f"/servers/{reachable.pk}"
    same = Api(dora).post(f"{path}/host-key").json()
    assert (same["host_key"], same["matches"]) == (sshd.host_key, True)
    sshd.stop()
    sshd.change_host_key()
    sshd.start()

    other = Api(dora).post(f"{path}/host-key").json()
    assert not other["matches"]
    assert other["accepted_fingerprint"] == same["fingerprint"]
    assert other["fingerprint"] != same["fingerprint"]
    assert Server.objects.get().host_key_fingerprint == same["fingerprint"]

    Api(dora).patch(path, {"host_key": other["host_key"]})
    entry = AuditEntry.objects.filter(action="server.host_key_accepted")[0]
    assert entry.facts["after"] == other["fingerprint"]
    assert Api(dora).post(f"{path}/host-key").json()["matches"]


def test_the_api_says_why_no_key_could_be_fetched(away: Server, dora: User) -> None:
    answer = Api(dora).post(f"/servers/{away.pk}/host-key")
    problem = answer.json()
    assert (answer.status_code, problem["code"]) == (409, "server_unreachable")
    assert problem["reason"] == "connect_refused"


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("action", ["check", "host-key"])
def test_the_browsable_api_has_a_button_for_it(
    action: str, away: Server, dora: User
) -> None:
    client = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    client.force_login(dora)
    page = f"/api/v1/servers/{away.pk}"
    html = client.get(page).content.decode()
    form = re.search(rf'<form[^>]*action="{page}/{action}".*?</form>', html, re.DOTALL)
    assert form
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form[0])
    assert token
    kind = "application/x-www-form-urlencoded"
    body = urlencode({"csrfmiddlewaretoken": token[1]})
    answer = client.post(f"{page}/{action}", body, content_type=kind)
    assert answer.status_code == (200 if action == "check" else 409)
    without = client.post(f"{page}/{action}", "", content_type=kind)
    assert without.status_code == 403
