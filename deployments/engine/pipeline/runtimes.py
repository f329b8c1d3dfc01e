"""The ways in which an application can run."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deployments.engine.pipeline import docker, shell
from deployments.engine.pipeline.model import Run


@dataclass(frozen=True, slots=True)
class RuntimeSteps:
    """What the steps from ``build`` on do, each in this runtime's way.

    ``put_back`` brings back what was live before, after a failure.
    """

    build: Callable[[Run], None]
    release: Callable[[Run], None]
    activate: Callable[[Run], None]
    check: Callable[[Run], None]
    put_back: Callable[[Run], None]


RUNTIMES: Mapping[str, RuntimeSteps] = {
    "shell": RuntimeSteps(
        shell.build,
        shell.release,
        shell.activate,
        shell.check,
        shell.put_back,
    ),
    "docker": RuntimeSteps(
        docker.build,
        docker.release,
        docker.activate,
        docker.check,
        docker.put_back,
    ),
}
