"""What a run is given, and what it finds out on its way."""

import math
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeVar
from uuid import UUID

from deployments.engine.commands import Layout
from deployments.engine.exceptions import Interrupted
from deployments.engine.git import Limits
from deployments.engine.pipeline.remote import Remote
from deployments.engine.pipeline.watch import Watch
from deployments.engine.remains import Remains
from deployments.engine.ssh import Target

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Settings:
    """What the environment was told; empty commands and addresses mean "none"."""

    runtime: str
    deploy_path: str
    build_command: str
    release_command: str
    verify_command: str
    after_command: str
    shared_paths: str
    activate_command: str
    systemd_unit: str
    systemd_scope: str
    restart_command: str
    application_logs: str
    docker_image: str
    dockerfile: str
    docker_network: str
    docker_ports: str
    docker_volumes: str
    docker_domain: str
    docker_port: int | None
    health_check_url: str
    health_check_host: str
    health_check_insecure: bool
    health_check_command: str
    health_check_timeout_seconds: int
    start_grace_seconds: int
    step_timeout_seconds: int
    silence_timeout_seconds: int
    total_timeout_seconds: int
    keep_releases: int


@dataclass(frozen=True, slots=True)
class Registry:
    """Where images are pulled from, and as whom; empty when nobody signs in."""

    host: str = ""
    username: str = ""
    password: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Plan:
    """What shall be put where.

    ``git_commit`` is empty as long as the branch has not been resolved. A frozen commit
    is deployed even if it is on no branch any more. ``mirror`` is the project's bare
    repository on the console, made when missing. ``pulled_image`` is what the named
    image was found to be, by its digest; empty until then.
    """

    project_id: UUID
    deployment_id: UUID
    release_id: UUID
    version: int
    environment_name: str
    git_url: str
    git_branch: str
    git_commit: str
    commit_is_frozen: bool
    git_token: str = field(repr=False)
    mirror: Path
    target: Target
    settings: Settings
    variables: Mapping[str, str] = field(repr=False)
    allow_local_git: bool
    registry: Registry = field(default_factory=Registry)
    git_key: str = field(default="", repr=False)
    git_host_key: str = ""
    git_allowed_hosts: tuple[str, ...] = ()
    git_limits: Limits = field(default_factory=Limits)
    pulled_image: str = ""

    @property
    def is_frozen(self) -> bool:
        """Whether an earlier attempt has settled which commit this is about."""
        return self.commit_is_frozen and bool(self.git_commit)


@dataclass
class Run:
    """One execution of a plan: the callbacks of whoever runs it, then our own state.

    ``checkpoint`` raises Interrupted; it is called at least every 200 ms while waiting.
    ``resolved`` gets commit and subject once they are known and were not frozen;
    ``image_pulled`` the digest of a named image that was not pinned yet, with its
    repository; ``container_started`` the id of the container that shall become live.
    ``grace_seconds`` lie between TERM and KILL. ``remains`` says at any time what the
    run leaves on the server.

    Our own state: the ``commit``, what the server has (``known`` commits), where
    ``current`` pointed before (``previous``), whether it has been ``switched``, and
    whether there may be containers to clear away (``has_containers``).
    """

    plan: Plan
    log: Callable[[bytes], None]
    note: Callable[[str], None]
    checkpoint: Callable[[], None]
    resolved: Callable[[str, str], None]
    step_started: Callable[[str], None]
    step_finished: Callable[[str], None]
    image_pulled: Callable[[str], None]
    container_started: Callable[[str], None]
    grace_seconds: float = 10.0
    remains: Remains = field(default_factory=Remains)

    commit: str = field(default="", init=False)
    known: list[str] = field(default_factory=list, init=False)
    previous: str = field(default="", init=False)
    switched: bool = field(default=False, init=False)
    has_containers: bool = field(default=False, init=False)
    started_at: float = field(default_factory=time.monotonic, init=False)
    remote: Remote = field(init=False)

    def __post_init__(self) -> None:
        self.remote = Remote(
            self.plan.target,
            log=lambda data: self.log(data),
            note=lambda line: self.note(line),
        )

    @property
    def layout(self) -> Layout:
        return Layout(
            deploy_path=self.plan.settings.deploy_path,
            project_id=str(self.plan.project_id),
            version=self.plan.version,
            deployment_id=str(self.plan.deployment_id),
            commit=self.commit,
        )

    def watch(
        self,
        step: str,
        *,
        seconds: float | None = None,
        silence_seconds: float = math.inf,
    ) -> Watch:
        """The limits of one step: its own time, silence, the whole deployment's."""
        settings = self.plan.settings
        return Watch(
            step,
            checkpoint=self.checkpoint,
            seconds=settings.step_timeout_seconds if seconds is None else seconds,
            silence_seconds=silence_seconds,
            total_seconds=settings.total_timeout_seconds,
            total_since=self.started_at,
        )

    def unwatched(self, step: str, *, seconds: float | None = None) -> Watch:
        """For what must be finished even if the run is over: only its own time.

        ``checkpoint`` is called, because it may report, but cannot interrupt.
        """
        own = self.plan.settings.step_timeout_seconds
        return Watch(
            step,
            checkpoint=self._pass_checkpoint,
            seconds=own if seconds is None else seconds,
        )

    def report_if_possible(self) -> None:
        """From now on a callback that interrupts no longer stops us."""
        self.log = _undisturbed(self.log)
        self.note = _undisturbed(self.note)

    def _pass_checkpoint(self) -> None:
        with suppress(Interrupted):
            self.checkpoint()


def _undisturbed(callback: Callable[[T], None]) -> Callable[[T], None]:
    def call(value: T) -> None:
        with suppress(Interrupted):
            callback(value)

    return call


@dataclass(frozen=True, slots=True)
class Step:
    """A named part of every deployment; ``run`` returns when it has succeeded."""

    name: str
    title: str
    run: Callable[[Run], None]
