"""Runtime ``shell``: a link to the live release, and what restarts it."""

from deployments.engine import commands
from deployments.engine.commands import HAS_ENDED, ReplyReader, Started
from deployments.engine.exceptions import CommandFailed, EngineError, Interrupted
from deployments.engine.pipeline import health, serving, words
from deployments.engine.pipeline.durable import end_services, perform, run_command
from deployments.engine.pipeline.model import Run
from deployments.engine.pipeline.verification import STEP, verify
from deployments.engine.pipeline.watch import Watch

#: What makes a release live once ``current`` leads to it, in this order.
PARTS = {
    "activate": "The activate command",
    "unit": "The restart of the unit",
    "restart": "The restart command",
}
#: The exit codes of ``commands/sh/unit.sh`` that say why it could not even try.
UNIT_FAILURES = {
    71: "unit_not_found",
    72: "sudo_refused",
    73: "user_manager_missing",
    74: "systemd_missing",
}


def build(run: Run) -> None:
    """Link what all releases share, then the build command."""
    if paths := run.plan.settings.shared_paths.strip():
        _share(run, paths)
    run_command(run, "build", run.plan.settings.build_command)


def release(run: Run) -> None:
    run_command(run, "release", run.plan.settings.release_command)
    command = run.plan.settings.verify_command
    verify(run, commands.start(run.layout, STEP, command))


def activate(run: Run) -> None:
    """Make the release live in one step, then its activate command and restart."""
    settings = run.plan.settings
    watch = run.watch("activate", silence_seconds=settings.silence_timeout_seconds)
    words.listen(run)
    # A cut can hide whether it happened; putting back what is there does no harm.
    run.switched = True
    with words.told_on_failure(run):
        for part in _switch(run, run.layout.link).facts("kept"):
            _perform(run, part, part, run.layout.release, watch)
    run.note(f"{run.layout.release} is live.")


def check(run: Run) -> None:
    """The release is healthy, and it is the commit that was asked for."""
    settings = run.plan.settings
    started = Started(run.layout, settings.systemd_unit, settings.systemd_scope)
    with words.told_on_failure(run, unit=settings.systemd_unit):
        health.ask(run, codes={HAS_ENDED: "application_ended"}, started=started)
    watch = run.watch("check")
    actual = run.remote.ask(commands.revision(run.layout), watch).fact("revision")
    if actual != run.commit:
        raise EngineError("commit_mismatch", expected=run.commit, actual=actual)


def put_back(run: Run) -> None:
    """After a failure: the previous release, activated and restarted in its own way,
    then asked whether it answers.

    Does nothing before the switch and never raises: the failure that led here is what
    the run ends with.
    """
    if not run.switched:
        return
    run.switched = False
    run.report_if_possible()
    end_services(run)
    name = run.previous.rpartition("/")[2]
    try:
        kept = _switch(run, run.previous)
    except (EngineError, CommandFailed, Interrupted) as failure:
        run.note(f"{name or 'No release'} could not be made live again ({failure}).")
        return
    for part in kept.facts("kept"):
        _perform_again(run, part, name)
    if name:
        seconds = next(map(int, kept.facts("check")), None)
        serving.ask_put_back(run, name, name, seconds)
    else:
        run.note("No release is live, as before.")


def _share(run: Run, paths: str) -> None:
    reply = run.remote.ask(commands.share(run.layout, paths), run.watch("build"))
    for path in reply.facts("seeded"):
        run.note(f"shared/{path} begins with what the repository has there.")


def _switch(run: Run, link: str) -> ReplyReader:
    """Point ``current`` at ``link``; answers what is kept with what is live now."""
    # Not interrupted: a script that is given up half way could switch after whoever
    # puts the previous release back.
    unwatched = run.unwatched("switch")
    return run.remote.ask(commands.switch(run.layout, link), unwatched)


def _perform(run: Run, step: str, part: str, release: str, watch: Watch) -> None:
    try:
        perform(run, step, commands.kept(run.layout, step, part, release), watch)
    except CommandFailed as failure:
        code = UNIT_FAILURES.get(failure.exit_code or 0) if part == "unit" else None
        if code is None:
            raise
        raise EngineError(
            code,
            detail=run.plan.settings.systemd_unit,
            username=run.plan.target.username,
        ) from failure


def _perform_again(run: Run, part: str, release: str) -> None:
    step = f"put-back-{part}"
    try:
        _perform(run, step, part, release, run.unwatched(step))
    except (EngineError, CommandFailed, Interrupted) as failure:
        run.note(f"{PARTS[part]} of {release} failed ({failure}).")
