"""The server before and after: signed in to, reserved for us, tidied up."""

from deployments import commands
from deployments.exceptions import CommandFailed, EngineError
from deployments.pipeline.model import Run


def connect(run: Run) -> None:
    target = run.plan.target
    run.remote.connect(run.watch("connect"))
    run.note(f"Signed in to {target.host}:{target.port} as {target.username}.")


def prepare(run: Run) -> None:
    """Take the lock, end what an older attempt left running, see what is there."""
    script = commands.prepare(
        run.layout,
        environment=_environment(run),
        restart_command=run.plan.configuration.restart_command.strip(),
        grace_seconds=run.grace_seconds,
    )
    reply = run.remote.reserve(script, run.watch("prepare"))
    run.known = reply.facts("known")
    run.previous = reply.facts("previous")[0]
    run.note(f"{run.layout.deploy_path} is reserved for version {run.plan.version}.")


def finish(run: Run) -> None:
    """Remove old releases. The new one is live and checked: this cannot fail it."""
    keep = run.plan.configuration.keep_releases
    previous = run.previous.rpartition("/")[2]
    script = commands.clean(run.layout, keep=keep, previous=previous)
    try:
        reply = run.remote.ask(script, run.unwatched("finish"))
    except (EngineError, CommandFailed) as failure:
        run.note(f"Old releases could not be removed ({failure}).")
        return
    for name in reply.facts("stuck"):
        run.note(f"The old release {name} could not be removed completely.")


def _environment(run: Run) -> dict[str, str]:
    plan, layout = run.plan, run.layout
    return {
        **plan.configuration.variables,
        "OEC_DEPLOYMENT_ID": str(plan.deployment_id),
        "OEC_VERSION": str(plan.version),
        "OEC_COMMIT": run.commit,
        "OEC_BRANCH": plan.git_branch,
        "OEC_ENVIRONMENT": plan.environment_name,
        "OEC_RELEASE_PATH": layout.directory(layout.release),
        "OEC_DEPLOY_PATH": layout.deploy_path,
    }
