"""Deployments by hand: plans, runs that record everything, and patience."""

import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

from deployments.engine.exceptions import CommandFailed, EngineError, Interrupted
from deployments.engine.pipeline import Plan, Run, Settings, execute
from deployments.engine.remains import Remains
from projects.settings import FROZEN
from tests.deployments.engine.machines import Sandbox
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import Sshd

DEADLINE_SECONDS = 20.0
GRACE_SECONDS = 0.5
PROJECT = UUID(int=1)


def wait_until(condition: Callable[[], object], what: str) -> None:
    deadline = time.monotonic() + DEADLINE_SECONDS
    while not condition():
        assert time.monotonic() < deadline, f"not in time: {what}"
        time.sleep(0.01)


@dataclass
class Deployment:
    """One run and all it reported; ``error`` is what it raised, None after success."""

    plan: Plan
    error: EngineError | CommandFailed | Interrupted | None = None
    log: bytes = b""
    notes: list[str] = field(default_factory=list)
    resolved: list[tuple[str, str]] = field(default_factory=list)
    started: list[str] = field(default_factory=list)
    finished: list[str] = field(default_factory=list)
    images: list[str] = field(default_factory=list)
    containers: list[str] = field(default_factory=list)
    remains: Remains = field(default_factory=Remains)
    interruption: Interrupted | None = None
    thread: threading.Thread | None = None

    @property
    def commit(self) -> str:
        return self.plan.git_commit or self.resolved[0][0]

    @property
    def code(self) -> str:
        assert isinstance(self.error, EngineError), self.error
        return self.error.code

    @property
    def words(self) -> str:
        """What the application itself said of its failure."""
        assert isinstance(self.error, EngineError | CommandFailed), self.error
        return self.error.words

    @property
    def release(self) -> str:
        return f"v{self.plan.version}-{self.commit[:12]}"

    def run(self) -> None:
        run = Run(
            plan=self.plan,
            log=self._log,
            note=self.notes.append,
            checkpoint=self._checkpoint,
            resolved=lambda *facts: self.resolved.append(facts),
            step_started=self.started.append,
            step_finished=self.finished.append,
            image_pulled=self.images.append,
            container_started=self.containers.append,
            grace_seconds=GRACE_SECONDS,
            remains=self.remains,
        )
        try:
            execute(run)
        except (EngineError, CommandFailed, Interrupted) as error:
            self.error = error

    def start(self) -> "Deployment":
        self.thread = threading.Thread(target=self.run)
        self.thread.start()
        return self

    def join(self) -> "Deployment":
        assert self.thread is not None
        self.thread.join(DEADLINE_SECONDS)
        assert not self.thread.is_alive(), "the deployment does not end"
        return self

    def wait_for_log(self, text: bytes) -> None:
        wait_until(lambda: text in self.log or self.error, f"{text!r} in the log")
        assert text in self.log, self.error

    def _log(self, data: bytes) -> None:
        self.log += data

    def _checkpoint(self) -> None:
        if self.interruption is not None:
            raise self.interruption


class Lab:
    """One project, one environment; every deployment gets the next version."""

    def __init__(
        self, directory: Path, server: Sshd | Sandbox, origin: Repository
    ) -> None:
        self.server = server
        self.origin = origin
        self.path = directory / "srv"
        self.mirror = directory / "mirrors" / "shop.git"
        self.version = 0

    @property
    def live(self) -> str:
        """The name of the live release, empty if there is none."""
        link = self.path / "current"
        return link.readlink().name if link.is_symlink() else ""

    def file(self, name: str) -> str:
        """A file of the live release."""
        return (self.path / "current" / name).read_text()

    def settings(self) -> Settings:
        defaults = {name: setting.default for name, setting in FROZEN.items()}
        own = {
            "deploy_path": str(self.path),
            "health_check_timeout_seconds": 5,
            "step_timeout_seconds": 60,
            "silence_timeout_seconds": 60,
            "total_timeout_seconds": 120,
            "keep_releases": 3,
        }
        return Settings(**{**defaults, **own})

    def variables(self) -> dict[str, str]:
        return {}

    def plan(self, **changes: Any) -> Plan:
        """The next deployment; ``changes`` are fields of the plan or settings."""
        self.version += 1
        plan = Plan(
            project_id=PROJECT,
            deployment_id=uuid4(),
            release_id=uuid4(),
            version=self.version,
            environment_name="Production",
            git_url=self.origin.url,
            git_branch="main",
            git_commit="",
            commit_is_frozen=False,
            git_token="",
            mirror=self.mirror,
            target=self.server.target,
            settings=self.settings(),
            variables=self.variables(),
            allow_local_git=True,
        )
        own = {name: changes.pop(name) for name in list(changes) if hasattr(plan, name)}
        settings = own.pop("settings", plan.settings)
        return replace(plan, settings=replace(settings, **changes), **own)

    def deploy(self, **changes: Any) -> Deployment:
        deployment = Deployment(self.plan(**changes))
        deployment.run()
        return deployment

    def start(self, **changes: Any) -> Deployment:
        return Deployment(self.plan(**changes)).start()

    def succeed(self, **changes: Any) -> Deployment:
        deployment = self.deploy(**changes)
        assert deployment.error is None, (deployment.error, deployment.log)
        return deployment

    def retry(self, failed: Deployment, **changes: Any) -> Deployment:
        """The same release in a new deployment."""
        return self.deploy(
            git_commit=failed.commit,
            commit_is_frozen=True,
            release_id=UUID(int=failed.plan.release_id.int),
            settings=failed.plan.settings,
            variables=failed.plan.variables,
            **changes,
        )
