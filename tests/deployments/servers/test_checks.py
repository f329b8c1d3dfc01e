"""Checking a server: what is stored, what is audited, who may."""

import threading
from pathlib import Path
from typing import Any

import pytest
from django.db import connection

from deployments import services
from deployments.engine import inspection, ssh
from deployments.engine.inspection import NAMES, State, Subject
from deployments.exceptions import CheckInProgress, ServerUnreachable
from projects import permissions
from projects import services as project_services
from projects.models import AuditEntry, Environment, Organization, Project, Server, User
from projects.models.people import ProjectRole
from tests import factories
from tests.deployments.servers.looking import SEEN, begun, checked
from tests.deployments.sshd import Sshd


def test_a_check_is_stored_with_every_finding_and_audited(
    reachable: Server, environment: Environment, dora: User, tmp_path: Path
) -> None:
    project_services.change_environment(
        environment, by=dora, deploy_path=str(tmp_path / "shop")
    )
    check = services.check_server(reachable, by=dora, address="192.0.2.7")
    assert checked(reachable) == check
    assert (check["by"], check["is_complete"]) == ("dora", True)
    assert {finding["name"] for finding in check["findings"]} == NAMES
    states = {finding["name"]: finding["state"] for finding in check["findings"]}
    assert states["authentication"] == states["write_permission"] == "ok"
    entry = AuditEntry.objects.get(action="server.checked")
    assert (entry.actor, entry.address) == (dora, "192.0.2.7")
    assert entry.object_id == str(reachable.pk)
    counts = [entry.facts[state.value] for state in State]
    assert sum(counts) == len(check["findings"])


def test_each_finding_is_stored_before_the_next_is_made(
    server: Server, dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    seen: list[int] = []

    def inspect(subject: Subject, report: Any) -> None:
        for _ in range(3):
            seen.append(len(checked(server)["findings"]))
            assert not checked(server)["is_complete"]
            report(SEEN)

    monkeypatch.setattr(inspection, "inspect", inspect)
    services.check_server(server, by=dora)
    assert seen == [0, 1, 2]
    assert AuditEntry.objects.get(action="server.checked").facts == {
        **{"ok": 0, "warning": 3, "failed": 0, "skipped": 0},
        "not_well": ["disk"],
    }


def test_what_its_environments_need_is_looked_at(
    server: Server,
    project: Project,
    environment: Environment,
    dora: User,
    quick: list[Subject],
) -> None:
    project_services.change_project(
        project, by=dora, registry_host="registry.example.org"
    )
    for name, image in (("one", "shop:1"), ("two", "ghcr.io/acme/shop:2")):
        factories.make_environment(
            project,
            server,
            by=dora,
            name=name,
            deploy_path=f"/srv/{name}",
            runtime="docker",
            docker_image=image,
        )
    off = factories.make_environment(
        project, server, by=dora, name="off", deploy_path="/srv/off"
    )
    project_services.change_environment(off, by=dora, is_enabled=False)

    services.check_server(server, by=dora)

    (subject,) = quick
    assert subject.paths == ("/srv/one", "/srv/shop", "/srv/two")
    assert subject.registries == ("docker.io", "ghcr.io", "registry.example.org")
    assert subject.needs_docker
    assert subject.target.host_key == server.host_key


def test_without_containers_nobody_needs_docker_or_a_registry(
    server: Server, environment: Environment, dora: User, quick: list[Subject]
) -> None:
    services.check_server(server, by=dora)
    assert (quick[0].needs_docker, quick[0].registries) == (False, ())


def test_a_second_check_while_one_runs_is_refused(
    server: Server, dora: User, quick: list[Subject]
) -> None:
    begun(server, seconds_ago=3)
    with pytest.raises(CheckInProgress) as refusal:
        services.check_server(server, by=dora)
    assert refusal.value.detail == (
        "bob began to check web-1 3 s ago. Wait for its end."
    )
    assert quick == []


def test_a_check_that_died_with_its_process_does_not_lock_the_server(
    server: Server, dora: User, quick: list[Subject]
) -> None:
    begun(server, seconds_ago=60)
    services.check_server(server, by=dora)
    assert checked(server)["is_complete"]


def test_an_overtaken_check_leaves_the_newer_one_alone(
    server: Server, dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    newer: list[Any] = []

    def inspect(_: Subject, report: Any) -> None:
        report(SEEN)
        begun(server, seconds_ago=0)
        newer.append(checked(server))
        report(SEEN)

    monkeypatch.setattr(inspection, "inspect", inspect)
    own = services.check_server(server, by=dora)
    assert len(own["findings"]) == 2
    assert [checked(server)] == newer


@pytest.mark.both_back_ends
@pytest.mark.django_db(transaction=True)
def test_of_two_checks_at_the_same_moment_one_runs(
    server: Server, dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    both, ran = threading.Barrier(2), []
    gate = threading.Event()
    refused: list[CheckInProgress] = []

    def inspect(_: Subject, report: Any) -> None:
        ran.append(1)
        gate.wait(10)
        report(SEEN)

    def check() -> None:
        both.wait(10)
        try:
            services.check_server(server, by=dora)
        except CheckInProgress as refusal:
            refused.append(refusal)
            gate.set()
        finally:
            connection.close()

    monkeypatch.setattr(inspection, "inspect", inspect)
    threads = [threading.Thread(target=check) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert (len(ran), len(refused)) == (1, 1)
    assert checked(server)["is_complete"]


def test_the_host_key_is_fetched_as_a_line_that_can_be_accepted(
    reachable: Server, sshd: Sshd, dora: User
) -> None:
    line, fingerprint = services.fetch_host_key(reachable, by=dora)
    assert (line, fingerprint) == (sshd.host_key, ssh.fingerprint(sshd.host_key))


def test_a_server_that_cannot_be_reached_shows_no_key(away: Server, dora: User) -> None:
    with pytest.raises(ServerUnreachable) as refusal:
        services.fetch_host_key(away, by=dora)
    assert refusal.value.extra == {"reason": "connect_refused"}
    assert "127.0.0.1 refused the SSH connection on port 1" in refusal.value.detail


def test_no_finding_holds_a_secret(reachable: Server, dora: User) -> None:
    check = services.check_server(reachable, by=dora)
    secret = reachable.private_key.splitlines()[1]
    assert secret not in str(check)
    assert secret not in str(AuditEntry.objects.get(action="server.checked").facts)


def test_administrators_and_whoever_deploys_there_may_check(
    server: Server,
    environment: Environment,
    alice: User,
    bob: User,
    charlie: User,
    dora: User,
) -> None:
    people = (alice, bob, charlie, dora)
    may = [permissions.can_check(user, server) for user in people]
    assert may == [True, False, False, True]
    dora.is_active = False
    assert not permissions.can_check(dora, server)


def test_who_deploys_elsewhere_only_may_not_check(
    organization: Organization, environment: Environment, alice: User, dora: User
) -> None:
    other = factories.make_server(organization, by=dora, name="web-2")
    assert not permissions.can_check(alice, other)


def test_a_viewer_who_develops_one_project_there_may_check(
    server: Server, environment: Environment, bob: User, dora: User
) -> None:
    project_services.set_project_member(
        environment.project, user=bob, role=ProjectRole.DEVELOPER, by=dora
    )
    assert permissions.can_check(bob, server)
