"""The application's own words: what its logs have gained when a new release fails.

A health check knows that nothing answers; why, only the application has said.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from deployments.engine import commands
from deployments.engine.commands import SHELL, ReplyReader
from deployments.engine.exceptions import CommandFailed, EngineError, Interrupted
from deployments.engine.pipeline.model import Run
from deployments.engine.pipeline.tail import Tail
from projects.syntax import application_logs

READING_SECONDS = 20.0


def listen(run: Run) -> None:
    """Note where the logs end before the new release writes into them."""
    logs = application_logs(run.plan.settings.application_logs)
    if logs or run.plan.settings.systemd_unit:
        script = commands.note_ends(run.layout, logs)
        run.remote.ask(script, run.watch("activate"))


@contextmanager
def told_on_failure(run: Run, *, unit: str = "") -> Iterator[None]:
    """Whatever fails within carries the application's ``words``, which the log has.

    The journal of ``unit`` belongs to them; a restart of it that fails has told it.
    """
    try:
        yield
    except (EngineError, CommandFailed) as failure:
        if unit or application_logs(run.plan.settings.application_logs):
            failure.words = _words(run, unit)
        raise


def _words(run: Run, unit: str) -> str:
    """Also written to the log. Never raises: the failure is what the run ends with."""
    scope = run.plan.settings.systemd_scope
    script = commands.words(run.layout, unit=unit, scope=scope)
    run.report_if_possible()
    run.note("What the application itself has said since the switch:")
    tail = Tail(run.log)
    reader = ReplyReader(tail.feed)
    watch = run.unwatched("words", seconds=READING_SECONDS)
    try:
        run.remote.run(SHELL, [script.encode()], reader.feed, watch)
    except (EngineError, Interrupted) as failure:
        run.note(f"The application's logs could not be read ({failure}).")
    reader.close()
    return tail.text
