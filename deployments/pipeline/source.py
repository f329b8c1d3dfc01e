"""The commit: found and kept on the console, then sent to the server."""

from collections.abc import Iterable, Iterator
from contextlib import closing

from deployments import commands
from deployments.commands import ReplyReader
from deployments.exceptions import EngineError
from deployments.git import Mirror, Origin
from deployments.pipeline.attempts import repeated
from deployments.pipeline.model import Plan, Run
from deployments.pipeline.watch import Watch

FETCH_PAUSES = (0.5, 1.5)


def resolve(run: Run) -> None:
    """Find the commit once and pin it. What is frozen and here needs no Git host."""
    plan = run.plan
    watch = run.watch("resolve")
    mirror = Mirror(plan.mirror, log=run.log, tick=watch.tick)
    try:
        run.commit = _find(run, mirror, watch)
    except EngineError as error:
        if error.code != "step_timeout":
            raise
        raise EngineError("git_timeout", url=plan.git_url, **error.facts) from None
    mirror.pin(run.commit, plan.release_id)
    subject = mirror.subject(run.commit)
    run.note(f"Commit {run.commit[:12]}: {subject}")
    if not plan.is_frozen:
        run.resolved(run.commit, subject)


def transfer(run: Run) -> None:
    """Send what the server lacks and lay it out as the release's directory."""
    watch = run.watch("transfer")
    mirror = Mirror(run.plan.mirror, log=run.log, tick=watch.tick)
    run.remote.again_after_a_cut(lambda: _send(run, mirror, watch), watch)


def _find(run: Run, mirror: Mirror, watch: Watch) -> str:
    plan = run.plan
    if plan.is_frozen and mirror.has(plan.git_commit):
        return plan.git_commit
    origin = Origin(plan.git_url, plan.git_token, plan.allow_local_git)
    fetch = _fetch_frozen if plan.is_frozen else _fetch_from_branch
    return repeated(
        lambda: fetch(plan, mirror, origin),
        codes={"git_unreachable"},
        pauses=FETCH_PAUSES,
        watch=watch,
    )


def _fetch_frozen(plan: Plan, mirror: Mirror, origin: Origin) -> str:
    """By its name, which not every Git host allows, else with its branch."""
    try:
        mirror.fetch_commit(origin, plan.git_commit)
    except EngineError as error:
        if error.code != "commit_unavailable":
            raise
        mirror.fetch_branch(origin, plan.git_branch)
    if not mirror.has(plan.git_commit):
        raise _unavailable(plan)
    return plan.git_commit


def _fetch_from_branch(plan: Plan, mirror: Mirror, origin: Origin) -> str:
    head = mirror.fetch_branch(origin, plan.git_branch)
    if plan.git_commit and not mirror.is_on_branch(plan.git_commit, head):
        raise _unavailable(plan)
    return plan.git_commit or head


def _unavailable(plan: Plan) -> EngineError:
    return EngineError(
        "commit_unavailable",
        commit=plan.git_commit,
        branch=plan.git_branch,
        url=plan.git_url,
    )


def _send(run: Run, mirror: Mirror, watch: Watch) -> ReplyReader:
    sizes: list[int] = []
    command = commands.receive_command(run.layout)
    with closing(mirror.pack(run.commit, run.known)) as pack:
        reply = run.remote.exchange(command, _measured(pack, sizes), watch)
    run.note(f"{sum(sizes)} bytes of Git objects sent.")
    return reply


def _measured(chunks: Iterable[bytes], sizes: list[int]) -> Iterator[bytes]:
    for chunk in chunks:
        sizes.append(len(chunk))
        yield chunk
