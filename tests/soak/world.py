"""What a soak plays with: servers, networks, projects and the processes of OEC."""

import os
import random
import threading
from contextlib import ExitStack
from dataclasses import dataclass, replace
from datetime import timedelta
from functools import partial
from pathlib import Path

from rest_framework_simplejwt.tokens import AccessToken

from projects import services
from projects.models import Environment, Organization, Server, User
from tests import databases, factories
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import Sshd
from tests.faults.console import FaultConsole
from tests.faults.proxy import Proxy, _reset
from tests.processes import Running
from tests.soak import commands
from tests.soak.accounts import Account, make_accounts, mount_small_disk, unmount
from tests.soak.places import LEASE_SECONDS, Places

PROJECTS = 7
ACCOUNTS = 3
PEOPLE = ("alice", "anna", "adam", "ada")
LIMITS = {
    "step_timeout_seconds": 60,
    "silence_timeout_seconds": 40,
    "total_timeout_seconds": 150,
    "health_check_timeout_seconds": 3,
    "keep_releases": 2,
}
SPEED = {"OEC_LEASE_SECONDS": str(LEASE_SECONDS), "OEC_HEARTBEAT_SECONDS": "1"}


class Network(Proxy):
    """The way to one account; it can refuse, too."""

    def __init__(self, port: int) -> None:
        self._is_refusing = False
        super().__init__(port)

    def refuse(self) -> None:
        self._is_refusing = True
        self.cut()

    def accept(self) -> None:
        self._is_refusing = False

    def _accept(self) -> None:
        if self._is_refusing:
            _reset(self._listener.accept()[0])
        else:
            super()._accept()


@dataclass(frozen=True)
class Site:
    """One environment, and where to look for what it did."""

    key: str
    name: str
    project: str
    account: Account
    repository: Repository
    path: Path
    trace: Path


class SoakConsole(FaultConsole):
    """Two of each process; whichever is gone is started again by the main thread.

    They are told to end when the thread that started them does.
    """

    def start_all(self) -> None:
        self.parts: dict[str, list[Running]] = {
            "web": [self.web(**SPEED) for _ in range(2)],
            "worker": [self.worker(**SPEED) for _ in range(2)],
            "dispatcher": [self.dispatcher(**SPEED) for _ in range(2)],
        }

    def replace(self, kind: str, gone: Running) -> None:
        """Without waiting for its first beat: the database may be away."""
        start = {
            "web": self.web,
            "worker": lambda **more: self._worker("", more),
            "dispatcher": lambda **more: self._dispatcher(more),
        }[kind]
        self.parts[kind][self.parts[kind].index(gone)] = start(**SPEED)

    @property
    def everything(self) -> list[Running]:
        return [running for parts in self.parts.values() for running in parts]


class World:
    def __init__(self, places: Places, seed: int, stack: ExitStack) -> None:
        self.places = places
        self.seed = seed
        self.is_over = threading.Event()
        for server in (places.postgresql, places.redis):
            if server is places.postgresql:
                places.postgresql.create()
            server.start()
            stack.callback(server.stop)
        databases.migrate(os.environ["DATABASE_URL"])
        self.sshd = Sshd(places.folder / "sshd")
        (places.folder / "sshd").chmod(0o711)
        self.sshd.start()
        stack.callback(self.sshd.stop)
        self.accounts = make_accounts(ACCOUNTS, places.folder)
        for account in self.accounts:
            stack.callback(account.remove)
        self.networks = [Network(self.sshd.port) for _ in self.accounts]
        for network in self.networks:
            stack.callback(network.close)
        self.sites: list[Site] = []
        self.small_disk: Site | None = None
        self.tokens: dict[str, str] = {}
        self._populate(stack)
        self.console = SoakConsole(places.logs, ExitStack())
        stack.callback(self.console.end)
        self.console.start_all()

    def random(self, name: str) -> random.Random:
        """A stream of choices for one actor: who is quicker changes nobody's."""
        return random.Random(f"{self.seed} {name}")  # noqa: S311 - to be repeated

    def network_of(self, site: Site) -> Network:
        return self.networks[self.accounts.index(site.account)]

    def _populate(self, stack: ExitStack) -> None:
        dora = factories.make_user("dora")
        organization = factories.make_organization(dora)
        self.tokens["dora"] = _token(dora)
        for name in PEOPLE:
            user = factories.make_user(name)
            services.set_member(organization, user=user, role="admin", by=dora)
            self.tokens[name] = _token(user)
        servers = [
            self._make_server(organization, dora, account, network.port)
            for account, network in zip(self.accounts, self.networks, strict=True)
        ]
        for number in range(PROJECTS):
            repository = Repository(self.places.folder / "origins" / str(number))
            repository.commit("Begin", {"page.html": "0\n"})
            project = factories.make_project(
                organization, by=dora, name=f"Shop {number}", git_url=repository.url
            )
            add = partial(self._add, project, repository, dora, servers)
            add(f"shop-{number}", number % ACCOUNTS)
            if number == 0:
                add("shop-0-staging", 1)
        last = self.sites[-1]
        last.path.mkdir()
        if mount_small_disk(last.path):
            stack.callback(unmount, last.path)
            self.small_disk = last
        last.account.owns(last.path)

    def _make_server(
        self, organization: Organization, by: User, account: Account, port: int
    ) -> Server:
        target = replace(self.sshd.target, username=account.name)
        return factories.make_server(
            organization,
            by=by,
            name=f"server {port}",
            host=target.host,
            port=port,
            username=target.username,
            private_key=target.private_key,
            host_key=target.host_key,
        )

    def _add(
        self, project, repository, by: User, servers: list[Server], name: str, at: int
    ) -> None:
        account = self.accounts[at]
        path, trace = account.home / name, account.home / f"trace-{name}"
        trace.touch()
        account.owns(trace)
        environment: Environment = factories.make_environment(
            project,
            servers[at],
            by=by,
            name=name,
            deploy_path=str(path),
            **LIMITS,
            **commands.peaceful(trace),
        )
        key, project_key = str(environment.pk), str(project.pk)
        self.sites.append(
            Site(key, name, project_key, account, repository, path, trace)
        )


def _token(user: User) -> str:
    token = AccessToken.for_user(user)
    token.set_exp(lifetime=timedelta(hours=6))
    return str(token)
