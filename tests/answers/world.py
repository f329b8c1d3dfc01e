"""The rows that are asked about: fixed times, versions and commits, each id a name.

Two organizations. Acme has a project where every verb finds a use (Shop), and one each
where a deployment waits (Blog), runs (Forum) and is being cancelled (Wiki). Elsewhere
is Charlie's.
"""

import json
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from unittest import mock
from unittest.mock import patch

from deployments.models import Deployment, Event, Status
from projects import services
from projects.models import (
    AuditEntry,
    Environment,
    Organization,
    OrganizationRole,
    Project,
    ProjectRole,
    Server,
    User,
)
from tests import factories

#: Nothing that is made while the API is asked has a time of this day.
DAY = datetime(2024, 2, 29, tzinfo=UTC)
HOST_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIFnbLVLoBT1YYh86rA9g0Dz0BCXcpNUoRNRjWHdbl7B+"
)
GIT_HOST_KEY = (
    "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIDPbwAs2BIvyA1EtBaxfHT+WZaWp8d7iEf6SXmVUQT+0"
)
#: Nobody listens there.
REFUSED = {"host": "127.0.0.1", "port": 1}
#: Here ``edge`` stands in.
REACHED = {"host": "127.0.0.1", "port": 2222}
CODE_FAILURE = {
    "error_code": "command_failed",
    "error_message": "The build ended with 2.",
    "error_class": "code",
    "error_evidence": "make: *** [build] Error 2",
    "error_probe": "",
    "advised_verb": "redeploy",
}
PARTS_OF_A_FAILURE = [
    ("status", "", "pending", "Sell more"),
    ("status", "", "running", "worker-1"),
    ("step", "resolve", "running", ""),
    ("log", "resolve", "", "Found \x1b[32m3c3c3c\x1b[0m\n"),
    ("step", "resolve", "success", ""),
    ("step", "connect", "running", ""),
    ("note", "connect", "", "Connecting to the server."),
    ("log", "connect", "", "half a line\rwhole <line>\nKäse 🧀 without an end"),
    ("step", "connect", "failed", ""),
    ("status", "", "failed", "The server refused the connection."),
]
STEPS = "resolve connect prepare transfer build release activate check finish".split()


@dataclass
class World:
    """``names`` leads from what is written in braces to an id, or to other text."""

    people: dict[str, User] = field(default_factory=dict)
    names: dict[str, str] = field(default_factory=dict)

    def name(self, name: str, row: Any) -> Any:
        self.names[name] = str(row.pk)
        return row


class Clock:
    """Stands still until it is set; the rows are made at minutes of one day."""

    def __init__(self) -> None:
        self.minute = 0

    def __call__(self) -> datetime:
        return DAY + timedelta(minutes=self.minute)


@contextmanager
def standing_clock() -> Iterator[Clock]:
    clock = Clock()
    with mock.patch("django.utils.timezone.now", clock):
        yield clock


def build() -> World:
    with standing_clock() as clock:
        return _Builder(World(), clock).build()


class _Builder:
    def __init__(self, world: World, clock: Clock) -> None:
        self.world, self.clock = world, clock

    def build(self) -> World:
        self._people()
        acme = self._acme()
        self._shop(acme)
        for name in ("Blog", "Forum", "Wiki"):
            self._busy_project(acme, name)
        self._active()
        self._elsewhere()
        entries = AuditEntry.objects.order_by("id")
        for number, entry in enumerate(entries, start=1):
            self.world.name(f"audit {number}", entry)
        return self.world

    def _people(self) -> None:
        for name in "olga dora alice bob erin charlie ivan greta".split():
            self._later()
            self.world.people[name] = factories.make_user(name)
        self.world.people["alice"].first_name = "Alice"
        self.world.people["alice"].last_name = "Liddell"
        self.world.people["alice"].save()
        self.world.people["root"] = factories.make_user("root", is_superuser=True)
        for name, user in self.world.people.items():
            self.world.name(name, user)

    def _acme(self) -> Organization:
        people, olga = self.world.people, self.world.people["olga"]
        self._later()
        acme = self.world.name("acme", factories.make_organization(olga))
        for name, role in (
            ("dora", OrganizationRole.ADMIN),
            ("alice", OrganizationRole.MEMBER),
            ("bob", OrganizationRole.VIEWER),
            ("ivan", OrganizationRole.ADMIN),
            ("greta", OrganizationRole.ADMIN),
        ):
            self._later()
            services.set_member(acme, user=people[name], role=role, by=olga)
        self._server("web-1", acme, olga, **REFUSED, last_check=_check())
        self._server("web-2", acme, olga, **REACHED)
        self._server("web-3", acme, olga, **REFUSED, is_enabled=False, host_key="")
        return acme

    def _server(
        self, name: str, organization: Organization, by: User, **fields: Any
    ) -> Server:
        self._later()
        fields = {"host_key": HOST_KEY, **fields}
        server = factories.make_server(organization, by=by, name=name, **fields)
        return self.world.name(name, server)

    def _shop(self, acme: Organization) -> None:
        people = self.world.people
        self._later()
        shop = factories.make_project(
            acme, by=people["dora"], git_token="t0ken", registry_host="r.example.org"
        )
        self.world.name("shop", shop)
        services.set_project_member(
            shop, user=people["erin"], role=ProjectRole.ADMIN, by=people["dora"]
        )
        self._environments(shop)
        self._variables(shop)
        self._history(shop)

    def _environments(self, shop: Project) -> None:
        docker = {"runtime": "docker", "docker_ports": "127.0.0.1:8069:8069"}
        self._environment("production", shop, "web-1", after_command="make notify")
        self._environment("staging", shop, "web-2", type="staging", **docker)
        self._environment("bare", shop, None)
        self._environment("closed", shop, "web-1", is_enabled=False)
        self._environment("parked", shop, "web-3")

    def _environment(
        self, name: str, project: Project, server: str | None, **fields: Any
    ) -> Environment:
        self._later()
        where = Server.objects.get(pk=self.world.names[server]) if server else None
        fields = {"deploy_path": f"/srv/{project.name.lower()}/{name}", **fields}
        environment = factories.make_environment(
            project,
            where,
            by=self.world.people["dora"],
            name=name,
            # Otherwise every fingerprint and digest would be another one.
            fingerprint_key=f"fixed for {name}",
            **fields,
        )
        return self.world.name(name, environment)

    def _variables(self, shop: Project) -> None:
        production = shop.environments.get(name="production")
        for place, name, value, is_secret in (
            (shop, "REGION", "north", False),
            (shop, "TOKEN", "s3cret-token", True),
            (production, "API_KEY", "s3cret-value", True),
            (production, "MODE", "quick", False),
            (production, "TOKEN", "s3cret-own", True),
        ):
            self._later()
            services.set_variable(
                place,
                name=name,
                value=value,
                is_secret=is_secret,
                by=self.world.people["dora"],
            )

    def _history(self, shop: Project) -> None:
        alice, dora = self.world.people["alice"], self.world.people["dora"]
        production = shop.environments.get(name="production")
        staging = shop.environments.get(name="staging")
        web_1 = Server.objects.get(pk=self.world.names["web-1"])
        first = self._deployment(production, dora, "success", "1", reason="First")
        self._tell(first, _everything_went_well())
        second = self._deployment(production, alice, "failed", "2")
        third = self._deployment(
            production, alice, "failed", retry_of=second, **CODE_FAILURE
        )
        self._deployment(production, dora, "failed", retry_of=third)
        self._deployment(production, alice, "success", "3")
        self._deployment(production, alice, "cancelled", "4", reason="Wrong branch")
        failed = self._deployment(production, alice, "failed", "5", step="connect")
        self._tell(failed, PARTS_OF_A_FAILURE)
        container = {"container_id": "c" * 64}
        good = self._deployment(staging, alice, "success", "6", **container)
        left = self._deployment(staging, alice, "success", "7", git_message="")
        self._deployment(
            staging,
            dora,
            "success",
            release=good.release,
            trigger="rollback",
            rollback_from=left,
        )
        self._deployment(staging, alice, "failed", "8", server=web_1)
        for name in ("closed", "parked"):
            self._deployment(shop.environments.get(name=name), alice, "failed", "9")

    def _busy_project(self, acme: Organization, name: str) -> None:
        self._later()
        git = {"git_url": "ssh://git@127.0.0.1:1/acme.git", "git_host_key": ""}
        if name == "Forum":
            git = {
                "git_url": "ssh://git@127.0.0.1:2222/acme.git",
                "git_host_key": GIT_HOST_KEY,
            }
        dora = self.world.people["dora"]
        project = factories.make_project(acme, by=dora, name=name, **git)
        self.world.name(name.lower(), project)
        place = f"{name.lower()}-production"
        environment = self._environment(place, project, "web-2")
        self._deployment(environment, dora, "success", "1")
        self._deployment(environment, self.world.people["alice"], "failed", "2")

    def _active(self) -> None:
        alice, dora = self.world.people["alice"], self.world.people["dora"]
        blog, forum, wiki = (
            Environment.objects.get(pk=self.world.names[f"{name}-production"])
            for name in ("blog", "forum", "wiki")
        )
        unresolved = {"git_commit": "", "git_message": ""}
        self._deployment(blog, alice, "pending", "", **unresolved)
        running = self._deployment(forum, alice, "running", "3", step="connect")
        self._tell(running, PARTS_OF_A_FAILURE[:-2])
        self._deployment(
            wiki,
            alice,
            "running",
            "3",
            cancel_requested_at=self.clock(),
            cancel_requested_by=dora,
        )

    def _elsewhere(self) -> None:
        charlie = self.world.people["charlie"]
        self._later()
        elsewhere = factories.make_organization(charlie, name="Elsewhere")
        self.world.name("elsewhere", elsewhere)
        self._server("attic-1", elsewhere, charlie, **REFUSED)
        attic = factories.make_project(elsewhere, by=charlie, name="Attic")
        self.world.name("attic", attic)
        # When the answers were recorded, no service asked yet who makes one.
        with patch.object(self.world.people["dora"], "is_superuser", new=True):
            cellar = self._environment("cellar", attic, "attic-1")
        services.set_variable(cellar, name="MODE", value="slow", by=charlie)
        services.set_variable(attic, name="REGION", value="south", by=charlie)
        self._deployment(cellar, charlie, "success", "1")
        self._deployment(cellar, charlie, "failed", "2")

    def _deployment(
        self,
        environment: Environment,
        by: User,
        status: str,
        commit: str = "",
        *,
        git_commit: str | None = None,
        git_message: str = "Sell more shoes\n\nAnd socks.",
        **columns: Any,
    ) -> Deployment:
        """A minute to be created, a minute until it starts, another until its end."""
        self._later()
        if "release" not in columns and "retry_of" not in columns:
            columns["release"] = factories.make_release(
                environment,
                git_commit=commit * 40 if git_commit is None else git_commit,
                git_message=git_message,
                variables=_frozen_variables(commit),
                config_digest=(commit or "0") * 64,
            )
        created = self.clock()
        times = {"created_at": created}
        if status != Status.PENDING:
            times["started_at"] = created + timedelta(seconds=1)
        if status not in (Status.PENDING, Status.RUNNING):
            times["completed_at"] = created + timedelta(seconds=43)
        deployment = factories.make_deployment(
            environment, by=by, status=Status(status), **{**times, **columns}
        )
        name = f"{environment.project.name.lower()} v{deployment.version}"
        return self.world.name(name, deployment)

    def _tell(
        self, deployment: Deployment, parts: Iterable[tuple[str, str, str, str]]
    ) -> None:
        events = [
            Event(
                deployment=deployment,
                seq=seq,
                epoch=1,
                kind=kind,
                step=step,
                state=state,
                text=text,
                created_at=deployment.created_at + timedelta(milliseconds=100 * seq),
            )
            for seq, (kind, step, state, text) in enumerate(parts, start=1)
        ]
        Event.objects.bulk_create(events)
        Deployment.objects.filter(pk=deployment.pk).update(last_seq=len(events))

    def _later(self) -> None:
        self.clock.minute += 1


def _everything_went_well() -> Iterator[tuple[str, str, str, str]]:
    """More events than are read at once."""
    yield "status", "", "pending", "First"
    yield "status", "", "running", "worker-1"
    for step in STEPS:
        yield "step", step, "running", ""
        for line in range(10):
            yield "log", step, "", f"{step} {line}\n"
        yield "step", step, "success", ""
    yield "status", "", "success", ""


def _frozen_variables(commit: str) -> str:
    """Others than those of today, and others in each release."""
    return json.dumps(
        {
            "API_KEY": ["s3cret-value", True],
            "MODE": [f"mode {commit}", False],
            "OLD": ["gone since", False],
            "TOKEN": ["was no secret", False],
        }
    )


def _check() -> dict[str, Any]:
    finding = {
        "name": "connection",
        "state": "failed",
        "sentence": "Nobody listens at 127.0.0.1:1.",
        "facts": {"host": "127.0.0.1", "port": 1},
    }
    return {
        "at": (DAY - timedelta(hours=1)).isoformat(),
        "by": "Dora",
        "is_complete": True,
        "findings": [finding],
    }
