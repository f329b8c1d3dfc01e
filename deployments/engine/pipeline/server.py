"""The server before and after: signed in to, reserved for us, tidied up."""

from deployments.engine import commands
from deployments.engine.commands import ReplyReader
from deployments.engine.exceptions import (
    CommandFailed,
    EngineError,
    Interrupted,
    LeaseLost,
)
from deployments.engine.pipeline import health
from deployments.engine.pipeline.durable import run_command
from deployments.engine.pipeline.model import Run
from deployments.engine.pipeline.source import SERVER_RENEWED, listed
from projects.syntax import SHELL_VARIABLES


def connect(run: Run) -> None:
    target = run.plan.target
    run.remote.connect(run.watch("connect"))
    run.note(f"Signed in to {target.host}:{target.port} as {target.username}.")


def prepare(run: Run) -> None:
    """Take the lock, end what an older attempt left running, see what is there."""
    script = commands.prepare(
        run.layout,
        environment=variables(run),
        kept=_kept(run),
        grace_seconds=run.grace_seconds,
    )
    reply = _reserved(run, script)
    run.known = reply.facts("known")
    run.previous = reply.fact("previous")
    if reply.has("renewed"):
        run.note(SERVER_RENEWED)
    run.note(f"{run.layout.deploy_path} is reserved for version {run.plan.version}.")
    for folder in reply.facts("overlaps"):
        run.note(
            f"{run.layout.deploy_path} lies in {folder}, the folder of another "
            "environment, whose deployments remove files here. Move one of the two."
        )
    if names := sorted(SHELL_VARIABLES.intersection(run.plan.variables)):
        run.note(
            f"The server's shell may keep values of its own for {', '.join(names)}: "
            "give these variables other names."
        )


def _reserved(run: Run, script: str) -> ReplyReader:
    """A newer version than this one was given out by nobody: while this run has its
    lease, it is the newest of its project.
    """
    try:
        return run.remote.reserve(script, run.watch("prepare"))
    except EngineError as refusal:
        if refusal.code != "target_superseded":
            raise
        run.checkpoint()
        facts = {**refusal.facts, "version": f"v{run.plan.version}"}
        raise EngineError("console_behind", **facts) from refusal


def finish(run: Run) -> None:
    """Tidy up, then the after command. Neither can fail what is live and checked."""
    _clean(run)
    command = run.plan.settings.after_command
    if not command.strip():
        return
    try:
        run_command(run, "after", command)
    except LeaseLost:
        raise
    except (EngineError, CommandFailed, Interrupted) as failure:
        reason = str(failure) or "ended early"
        run.note(f"The after command failed ({reason}). The release stays live.")


def _clean(run: Run) -> None:
    keep = run.plan.settings.keep_releases
    previous = run.previous.rpartition("/")[2]
    script = commands.clean(run.layout, keep=keep, previous=previous)
    try:
        reply = run.remote.ask(script, run.unwatched("finish"))
    except (EngineError, CommandFailed) as failure:
        run.note(f"Old releases could not be removed ({failure}).")
        return
    if stuck := reply.facts("stuck"):
        run.note(
            f"Warning: old releases could not be removed: {listed(stuck)}. Files there "
            "belong to another account; remove them on the server with sudo."
        )


def _kept(run: Run) -> dict[str, str]:
    """What makes this release live and asks it, now and when a later one has failed."""
    settings = run.plan.settings
    unit, scope = settings.systemd_unit, settings.systemd_scope
    check = health.script(run)
    if settings.runtime != "shell":
        return {"activate": "", "unit": "", "restart": "", "check": check}
    return {
        "check": check,
        "activate": settings.activate_command.strip(),
        "unit": commands.unit(unit, scope) if unit else "",
        "restart": settings.restart_command.strip(),
    }


def variables(run: Run) -> dict[str, str]:
    """The environment of every command: the application's own and those of OEC."""
    plan, layout = run.plan, run.layout
    return {
        **plan.variables,
        "OEC_DEPLOYMENT_ID": str(plan.deployment_id),
        "OEC_VERSION": str(plan.version),
        "OEC_COMMIT": run.commit,
        "OEC_BRANCH": plan.git_branch,
        "OEC_ENVIRONMENT": plan.environment_name,
        "OEC_RELEASE_PATH": layout.directory(layout.release),
        "OEC_DEPLOY_PATH": layout.deploy_path,
    }
