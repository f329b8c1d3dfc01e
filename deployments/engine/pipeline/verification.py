"""The verify command: the last word before anything of the old version is touched."""

from deployments.engine.exceptions import CommandFailed, VerifyFailed
from deployments.engine.pipeline.durable import perform
from deployments.engine.pipeline.model import Run

STEP = "verify"


def verify(run: Run, script: str) -> None:
    """Run ``script``, which starts the verify command as its step, if there is one.

    Raises VerifyFailed when the command says no, else what ``perform`` raises.
    """
    settings = run.plan.settings
    if not settings.verify_command.strip():
        return
    watch = run.watch(STEP, silence_seconds=settings.silence_timeout_seconds)
    try:
        perform(run, STEP, script, watch)
    except CommandFailed as failure:
        if failure.exit_code is None:
            raise
        run.note(
            f"The verify command failed (exit code {failure.exit_code}). Nothing was "
            "switched or restarted; the version before was not touched."
        )
        raise VerifyFailed(failure.exit_code, failure.output) from failure
