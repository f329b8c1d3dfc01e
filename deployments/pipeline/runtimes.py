"""The ways in which a release can be live."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from deployments.pipeline import shell
from deployments.pipeline.model import Run


@dataclass(frozen=True, slots=True)
class Runtime:
    """Make a release live, check it, and, after a failure, put back what was before."""

    activate: Callable[[Run], None]
    check: Callable[[Run], None]
    put_back: Callable[[Run], None]


RUNTIMES: Mapping[str, Runtime] = {
    "shell": Runtime(shell.activate, shell.check, shell.put_back),
}
