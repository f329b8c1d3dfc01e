"""The demo's history: every line of it is written by a run that really took place."""

import os
import socket
import subprocess
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass
from itertools import groupby

from deployments import runner, services
from deployments.management.demo import repository
from deployments.management.demo.folder import DemoFolder
from deployments.models import Deployment
from projects.models import Project, User

START_SECONDS = 30.0
STOP_SECONDS = 15.0


class ServerSilent(Exception):
    """The sandbox server did not start; ``port`` is where it should answer."""

    def __init__(self, port: int) -> None:
        super().__init__(f"the sandbox server does not answer on port {port}")


@dataclass(frozen=True, slots=True)
class Chapter:
    """One deployment; ``commit`` counts from 1, None is the head of the branch."""

    environment: str
    commit: int | None
    reason: str
    server_is_up: bool


CHAPTERS = (
    Chapter("production", 3, "Opening day", server_is_up=True),
    Chapter("staging", None, "A rehearsal of the winter hours", server_is_up=True),
    Chapter("production", None, "The winter hours for everybody", server_is_up=False),
)


def live_through(
    project: Project, folder: DemoFolder, tell: Callable[[Deployment], None]
) -> None:
    """Run the chapters that this project has not seen yet, and ``tell`` of each end.

    Afterwards the sandbox server is off.
    """
    remaining = CHAPTERS[project.last_version :]
    for is_up, chapters in groupby(remaining, key=lambda chapter: chapter.server_is_up):
        with _server_on(folder) if is_up else nullcontext():
            for chapter in chapters:
                tell(_run(chapter, project, folder))


def _run(chapter: Chapter, project: Project, folder: DemoFolder) -> Deployment:
    commits = repository.commits(folder.repository)
    deployment = services.deploy(
        project.environments.get(name=chapter.environment),
        by=User.objects.get(username="alice"),
        git_commit=commits[chapter.commit - 1] if chapter.commit else "",
        reason=chapter.reason,
    )
    runner.run(deployment.pk)
    return Deployment.objects.with_details().get(pk=deployment.pk)


@contextmanager
def _server_on(folder: DemoFolder) -> Iterator[None]:
    server = subprocess.Popen(
        [*folder.server_command(), "--end-with-parent"],
        env=os.environ | {"OEC_LOG_LEVEL": "WARNING"},
    )
    try:
        _wait_until_it_answers(folder.port, server)
        yield
    finally:
        server.terminate()
        server.wait(STOP_SECONDS)


def _wait_until_it_answers(port: int, server: "subprocess.Popen[bytes]") -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)
    raise ServerSilent(port)
