"""The nine steps, in their order."""

from contextlib import ExitStack

from deployments.engine.pipeline.model import Run, Step
from deployments.engine.pipeline.runtimes import RUNTIMES, RuntimeSteps
from deployments.engine.pipeline.server import connect, finish, prepare
from deployments.engine.pipeline.source import resolve, transfer


def execute(run: Run) -> None:
    """Run all steps, or raise what ended them and leave the version before serving.

    Raises EngineError, CommandFailed or Interrupted. Whatever happens, the lock is
    given back, the connection is closed, and if the new release was live already, the
    one before it is put back first.
    """
    with ExitStack() as stack:
        stack.callback(run.remote.close)
        stack.callback(_runtime(run).put_back, run)
        for step in STEPS:
            run.step_started(step.name)
            step.run(run)
            run.step_finished(step.name)
        run.switched = run.has_containers = False


def _runtime(run: Run) -> RuntimeSteps:
    return RUNTIMES[run.plan.settings.runtime]


def _build(run: Run) -> None:
    _runtime(run).build(run)


def _release(run: Run) -> None:
    _runtime(run).release(run)


def _activate(run: Run) -> None:
    _runtime(run).activate(run)


def _check(run: Run) -> None:
    _runtime(run).check(run)


STEPS: tuple[Step, ...] = (
    Step("resolve", "Find the commit", resolve),
    Step("connect", "Connect to the server", connect),
    Step("prepare", "Reserve the server", prepare),
    Step("transfer", "Send the commit", transfer),
    Step("build", "Build", _build),
    Step("release", "Release", _release),
    Step("activate", "Make it live", _activate),
    Step("check", "Check its health", _check),
    Step("finish", "Tidy up", finish),
)
