"""Who serves after a put-back: the old release is asked, never believed."""

from deployments.engine import commands
from deployments.engine.commands import ENDED, NO_ANSWER
from deployments.engine.exceptions import CommandFailed, EngineError, Interrupted
from deployments.engine.pipeline import health
from deployments.engine.pipeline.durable import perform
from deployments.engine.pipeline.model import Run

STEP = "put-back-check"


def ask_put_back(run: Run, name: str, release: str, seconds: int | None) -> None:
    """Ask ``release``, called ``name``, by the check that is kept with it.

    ``seconds`` is how long that check may take, None where none is kept. What came of
    it stands in the log and, where somebody was asked, in ``run.remains.serving``.
    Never raises.
    """
    if seconds is None:
        run.note(
            f"{name} was put back. No health check is kept with it, so whether it "
            "answers is not known."
        )
        return
    run.remains.serving = "unknown"
    script = commands.kept(run.layout, STEP, "check", release)
    watch = run.unwatched(STEP, seconds=seconds + health.MARGIN_SECONDS)
    try:
        perform(run, STEP, script, watch)
    except CommandFailed as failure:
        if failure.exit_code in {NO_ANSWER, ENDED}:
            run.remains.serving = "none"
        reason = health.last_line(failure.output) or str(failure)
        run.note(f"{name} was put back, but is not healthy: {reason}")
    except (EngineError, Interrupted) as failure:
        run.note(f"{name} was put back, but its health is not known ({failure}).")
    else:
        run.remains.serving = "old"
        run.note(f"{name} is live again: it passes its health check.")
