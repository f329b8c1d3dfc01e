"""Runtime ``shell``: a link to the live release, and a command that restarts it."""

from deployments import commands
from deployments.exceptions import CommandFailed, EngineError, Interrupted
from deployments.pipeline.durable import perform, run_command
from deployments.pipeline.model import Run
from deployments.pipeline.watch import Watch

HEALTH_MARGIN_SECONDS = 10.0
"""How much longer than its limit a check may hang before it is ended from here."""


def build(run: Run) -> None:
    run_command(run, "build", run.plan.configuration.build_command)


def release(run: Run) -> None:
    run_command(run, "release", run.plan.configuration.release_command)


def activate(run: Run) -> None:
    """Make the release live in one step, then restart it."""
    configuration = run.plan.configuration
    watch = run.watch("activate", silence_seconds=configuration.silence_timeout_seconds)
    # A cut can hide whether it happened; putting back what is there does no harm.
    run.switched = True
    _switch(run, run.layout.link, "restart", watch)
    run.note(f"{run.layout.release} is live.")


def check(run: Run) -> None:
    """The release is healthy, and it is the commit that was asked for."""
    configuration = run.plan.configuration
    if configuration.health_check_url or configuration.health_check_command.strip():
        _check_health(run)
    watch = run.watch("check")
    actual = run.remote.ask(commands.revision(run.layout), watch).facts("revision")[0]
    if actual != run.commit:
        raise EngineError("commit_mismatch", expected=run.commit, actual=actual)


def put_back(run: Run) -> None:
    """After a failure: the previous release, restarted as it was deployed.

    Does nothing before the switch and never raises: the failure that led here is what
    the run ends with.
    """
    if not run.switched:
        return
    run.switched = False
    run.report_if_possible()
    name = run.previous.rpartition("/")[2]
    try:
        _switch(run, run.previous, "put-back", run.unwatched("put-back"))
    except (EngineError, CommandFailed, Interrupted) as failure:
        run.note(f"{name or 'No release'} could not be made live again ({failure}).")
    else:
        run.note(f"{name} is live again." if name else "No release is live, as before.")


def tidy(run: Run) -> None:
    """There is nothing beside the releases, which every runtime has."""


def _switch(run: Run, link: str, step: str, watch: Watch) -> None:
    # Not interrupted: a script that is given up half way could switch after whoever
    # puts the previous release back.
    unwatched = run.unwatched(step)
    reply = run.remote.ask(commands.switch(run.layout, link), unwatched)
    if "restart" in reply.facts("switched"):
        release = link.rpartition("/")[2]
        perform(run, step, commands.restart(run.layout, step, release), watch)


def _check_health(run: Run) -> None:
    configuration = run.plan.configuration
    url = configuration.health_check_url
    command = configuration.health_check_command.strip()
    seconds = configuration.health_check_timeout_seconds
    probe = commands.health_check(url=url, command=command, seconds=seconds)
    script = commands.start(run.layout, "check", probe)
    watch = run.watch("check", seconds=seconds + HEALTH_MARGIN_SECONDS)
    failed = EngineError("health_check_failed", url=url or command, seconds=seconds)
    try:
        perform(run, "check", script, watch)
    except CommandFailed as failure:
        if failure.exit_code is None:
            raise
        failed.facts["detail"] = _last_line(failure.output)
        raise failed from failure
    except EngineError as error:
        raise (failed if error.code == "step_timeout" else error) from None


def _last_line(text: str) -> str:
    return text.strip().rpartition("\n")[2]
