"""The commit: found and kept on the console, then sent to the server."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, suppress
from dataclasses import replace
from functools import partial
from typing import TypeVar

from deployments.engine import commands, ssh
from deployments.engine.commands import ReplyReader
from deployments.engine.exceptions import CommandFailed, EngineError
from deployments.engine.git import Contents, Mirror, Origin
from deployments.engine.pipeline.model import Plan, Run
from deployments.engine.pipeline.repetition import repeated
from deployments.engine.pipeline.watch import Watch
from projects import syntax

FETCH_PAUSES = (0.5, 1.5)
#: For the name of the Git host; a resolver's own patience is thrice that.
RESOLVE_SECONDS = 10.0
#: So many submodules are called by their names.
MOST_NAMED = 10
MIRROR_RENEWED = "The repository on the console was damaged and has been made anew."
SERVER_RENEWED = "The repository on the server was damaged and has been made anew."

T = TypeVar("T")


def resolve(run: Run) -> None:
    """Find the commit once and pin it. What is frozen and here needs no Git host."""
    plan = run.plan
    watch = run.watch("resolve")
    mirror = _mirror(run, watch)
    try:
        mirror.tidy()
        subject = _again_if_renewed(run, mirror, lambda: _take(run, mirror, watch))
    except EngineError as error:
        if error.code != "step_timeout":
            raise
        raise EngineError("git_timeout", url=plan.git_url, **error.facts) from None
    run.note(f"Commit {run.commit[:12]}: {subject}")
    if not plan.is_frozen:
        run.resolved(run.commit, subject)
    seen = _again_if_renewed(run, mirror, lambda: _look(run, mirror, watch))
    if seen.submodules:
        run.note(f"Submodules are not fetched: {listed(seen.submodules)}.")
    for name, paths in list(seen.filters.items())[:MOST_NAMED]:
        run.note(
            f"The Git filter {name} is not run; deployed as they are stored: "
            f"{listed(paths)}."
        )


def transfer(run: Run) -> None:
    """Send what the server lacks and lay it out as the release's directory.

    Where that fails and it may be for what lies in one of the two repositories, it is
    done again once with a sound one.
    """
    watch = run.watch("transfer")
    mirror = _mirror(run, watch)

    def send() -> ReplyReader:
        return run.remote.again_after_a_cut(lambda: _send(run, mirror, watch), watch)

    try:
        send()
    except CommandFailed as failure:
        if mirror.renewed_after(failure):
            run.note(MIRROR_RENEWED)
            _keep(run, mirror, watch)
        elif _renew_on_server(run, watch):
            run.note(SERVER_RENEWED)
        else:
            raise
        run.known = []
        send()


def _again_if_renewed(run: Run, mirror: Mirror, action: Callable[[], T]) -> T:
    try:
        return action()
    except (CommandFailed, EngineError) as failure:
        if not mirror.renewed_after(failure):
            raise
    run.note(MIRROR_RENEWED)
    return action()


def _take(run: Run, mirror: Mirror, watch: Watch) -> str:
    """Find and pin the commit; its subject."""
    run.commit = _find(run.plan, mirror, watch)
    mirror.pin(run.commit, run.plan.release_id)
    return mirror.subject(run.commit)


def _look(run: Run, mirror: Mirror, watch: Watch) -> Contents:
    _keep(run, mirror, watch)
    return mirror.contents(run.commit)


def _keep(run: Run, mirror: Mirror, watch: Watch) -> None:
    """See that the commit is still here after the mirror was made anew."""
    if not mirror.has(run.commit):
        plan = replace(run.plan, git_commit=run.commit, commit_is_frozen=True)
        _find(plan, mirror, watch)
        mirror.pin(run.commit, plan.release_id)


def _renew_on_server(run: Run, watch: Watch) -> bool:
    """Whether its repository was damaged; it is then a new and empty one."""
    reply = run.remote.ask(commands.renew(run.layout), watch)
    return reply.has("renewed")


def _mirror(run: Run, watch: Watch) -> Mirror:
    plan = run.plan
    return Mirror(plan.mirror, limits=plan.git_limits, log=run.log, tick=watch.tick)


def _find(plan: Plan, mirror: Mirror, watch: Watch) -> str:
    if plan.is_frozen and mirror.has(plan.git_commit):
        return plan.git_commit
    origin = _origin(plan, watch)
    fetch = _fetch_frozen if plan.is_frozen else _fetch_from_branch
    try:
        return repeated(
            lambda: fetch(plan, mirror, origin),
            codes={"git_unreachable"},
            pauses=FETCH_PAUSES,
            watch=watch,
        )
    except EngineError as error:
        if error.code == "git_host_key_mismatch":
            _tell_both_keys(error, origin, watch)
        raise


def _origin(plan: Plan, watch: Watch) -> Origin:
    return Origin(
        plan.git_url,
        token=plan.git_token,
        key=plan.git_key,
        host_key=plan.git_host_key,
        allow_local=plan.allow_local_git,
        allowed_hosts=plan.git_allowed_hosts,
        resolve=partial(ssh.resolve, seconds=RESOLVE_SECONDS, tick=watch.tick),
    )


def _tell_both_keys(error: EngineError, origin: Origin, watch: Watch) -> None:
    error.facts["expected"] = syntax.host_key_fingerprint(origin.host_key)
    port = origin.address.port
    # It has just answered; if it is gone now, the failure stays what it was.
    with suppress(EngineError):
        number = origin.numbers()[0]
        host_key = ssh.scan_host_key(
            number, port, like=origin.host_key, tick=watch.tick
        )
        error.facts["actual"] = ssh.fingerprint(host_key)


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


def listed(paths: list[str]) -> str:
    more = len(paths) - MOST_NAMED
    return ", ".join(paths[:MOST_NAMED]) + (f" and {more} more" if more > 0 else "")


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
