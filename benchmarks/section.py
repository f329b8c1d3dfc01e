"""Measurements on the back end of this process: ``python -m benchmarks.section``.

A process of its own for each back end, because Django's settings are made once.
"""

import io
import sys
from collections.abc import Callable, Collection
from contextlib import ExitStack, redirect_stdout
from pathlib import Path

import django

django.setup()

from django.core.management import call_command  # noqa: E402 - needs what is above

from benchmarks import bench, deploy, logs, retry  # noqa: E402
from benchmarks.rounds import ROUNDS, Rounds  # noqa: E402
from tests.processes import Console  # noqa: E402


def measured(rounds: Rounds, parts: Collection[str]) -> str:
    """The figures of this back end as Markdown."""
    call_command("migrate", verbosity=0)
    with bench.started() as shared:
        ways: dict[str, Callable[[], str]] = {
            "deploy": lambda: deploy.measure(shared, rounds.deploy),
            "retry": lambda: _retry(shared, rounds.retry),
            "logs": lambda: logs.measure(shared, rounds.logs, rounds.lines),
        }
        return "\n\n".join(way() for part, way in ways.items() if part in parts)


def _retry(shared: bench.Bench, rounds: int) -> str:
    """With the processes that an operator has, started as an operator starts them."""
    with ExitStack() as stack:
        # A process that stops prints what it has logged: for tests, not for us.
        stack.enter_context(redirect_stdout(io.StringIO()))
        return retry.measure(shared, rounds, Console(shared.disk, stack))


if __name__ == "__main__":
    file, name, *parts = sys.argv[1:]
    Path(file).write_text(measured(ROUNDS[name], parts))
