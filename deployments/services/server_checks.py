"""Looking at a server for a person, and at the host key that it shows.

What is found is stored after each finding, so that everybody can watch it grow.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from deployments import diagnosis
from deployments.engine import inspection, ssh
from deployments.engine.commands.registries import HUB
from deployments.engine.exceptions import EngineError
from deployments.engine.inspection import Finding, State, Subject
from deployments.engine.ssh import Target
from deployments.exceptions import CheckInProgress, ServerUnreachable
from projects import audit, permissions
from projects.models import Environment, Runtime, Server, User

#: A check that is not complete by then has died with its process.
LONGEST = timedelta(seconds=inspection.SECONDS + 10)


@dataclass(frozen=True, slots=True)
class ServerCheck:
    """One check as it is stored in ``Server.last_check``."""

    at: datetime
    by: str
    is_complete: bool
    findings: list[Finding]

    @property
    def is_running(self) -> bool:
        return not self.is_complete and timezone.now() - self.at < LONGEST

    @property
    def summary(self) -> str:
        """How many findings of which state, the worst first."""
        states = [finding.state for finding in self.findings]
        counts = ((states.count(state), state.value) for state in _WORST_FIRST)
        return ", ".join(f"{count} {state}" for count, state in counts if count)


def last_check(server: Server) -> ServerCheck | None:
    stored = server.last_check
    if stored is None:
        return None
    return ServerCheck(
        at=datetime.fromisoformat(stored["at"]),
        by=stored["by"],
        is_complete=stored["is_complete"],
        findings=[
            Finding(**{**finding, "state": State(finding["state"])})
            for finding in stored["findings"]
        ],
    )


def check_server(
    server: Server, *, by: User, address: str | None = None
) -> dict[str, Any]:
    """Look at everything; returns what is then stored as ``last_check``.

    Takes ``inspection.SECONDS`` at most. Raises ``CheckInProgress`` while another one
    runs. Should one that was given up for dead go on, the newer one keeps its place.
    """
    permissions.require_check(by, server)
    subject = _subject(server)
    stored = _begin(server, by)

    def report(finding: Finding) -> None:
        stored["findings"].append(_json(finding))
        _store(server, stored)

    inspection.inspect(subject, report)
    stored["is_complete"] = True
    with transaction.atomic():
        _store(server, stored)
        audit.record(
            by,
            "server.checked",
            server,
            organization=server.organization,
            address=address,
            **_outcome(stored),
        )
    server.last_check = stored
    return stored


def fetch_host_key(server: Server, *, by: User) -> tuple[str, str]:
    """The key that the server shows now, as one line, and its fingerprint.

    Raises ``ServerUnreachable``. Accepting it is a change of the server.
    """
    permissions.require_check(by, server)
    try:
        line = ssh.scan_host_key(server.host, server.port, like=server.host_key)
    except EngineError as error:
        failure = diagnosis.failure(error.code, **error.facts)
        raise ServerUnreachable(
            f"{failure.message} Its host key could not be fetched.", reason=error.code
        ) from None
    return line, ssh.fingerprint(line)


def target_of(server: Server) -> Target:
    """How to get there, as the row says now."""
    return Target(
        host=server.host,
        port=server.port,
        username=server.username,
        private_key=server.private_key,
        host_key=server.host_key,
    )


_WORST_FIRST = (State.FAILED, State.WARNING, State.OK, State.SKIPPED)


def _subject(server: Server) -> Subject:
    environments = list(
        server.environments.filter(is_enabled=True)
        .select_related("project")
        .order_by("deploy_path")
    )
    containers = [
        environment
        for environment in environments
        if environment.runtime == Runtime.DOCKER
    ]
    registries = {
        host for environment in containers for host in _registries(environment)
    }
    return Subject(
        target=target_of(server),
        paths=tuple(environment.deploy_path for environment in environments),
        registries=tuple(sorted(registries)),
        needs_docker=bool(containers),
    )


def _registries(environment: Environment) -> set[str]:
    """Where its images come from: its own image, and where its project signs in."""
    hosts = {environment.project.registry_host} - {""}
    if environment.docker_image:
        first, slash, _ = environment.docker_image.partition("/")
        is_host = slash and ("." in first or ":" in first or first == "localhost")
        hosts.add(first if is_host else HUB)
    return hosts


def _begin(server: Server, by: User) -> dict[str, Any]:
    now = timezone.now()
    begun: dict[str, Any] = {
        "at": now.isoformat(),
        "by": by.display_name,
        "is_complete": False,
        "findings": [],
    }
    with transaction.atomic():
        rows = Server.objects.select_for_update().only("last_check")
        running = last_check(rows.get(pk=server.pk))
        if running and running.is_running:
            seconds = (now - running.at).total_seconds()
            raise CheckInProgress(
                f"{running.by} began to check {server} {seconds:.0f} s ago. Wait for "
                "its end."
            )
        Server.objects.filter(pk=server.pk).update(last_check=begun)
    return begun


def _store(server: Server, check: dict[str, Any]) -> None:
    """Changes nothing once a newer check has taken the place of this one."""
    Server.objects.filter(pk=server.pk, last_check__at=check["at"]).update(
        last_check=check
    )


def _json(finding: Finding) -> dict[str, Any]:
    return {
        "name": finding.name,
        "state": finding.state.value,
        "sentence": finding.sentence,
        "facts": dict(finding.facts),
    }


def _outcome(check: dict[str, Any]) -> dict[str, Any]:
    """For the audit trail: how many of each state, and what is not well."""
    states = [finding["state"] for finding in check["findings"]]
    names = dict.fromkeys(
        finding["name"]
        for finding in check["findings"]
        if finding["state"] in {State.FAILED, State.WARNING}
    )
    return {state.value: states.count(state) for state in State} | {
        "not_well": list(names)
    }
