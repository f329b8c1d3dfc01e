"""The health check: asked on the server until it passes or its time is over."""

from collections.abc import Mapping

from deployments.engine import commands
from deployments.engine.commands import NO_CLIENT, HealthCheck, Started, docker
from deployments.engine.exceptions import CommandFailed, EngineError
from deployments.engine.pipeline.durable import perform
from deployments.engine.pipeline.model import Run, Settings

#: After its own limit, how long a check may take to tell why it failed. Only a command
#: can hang longer; it is then ended with all that it started.
MARGIN_SECONDS = 5.0
COMMAND_MARGIN_SECONDS = 1.0


def wanted(settings: Settings) -> HealthCheck:
    return HealthCheck(
        url=settings.health_check_url,
        command=settings.health_check_command.strip(),
        seconds=settings.health_check_timeout_seconds,
        host=settings.health_check_host,
        insecure=settings.health_check_insecure,
        grace_seconds=settings.start_grace_seconds,
    )


def script(run: Run, started: Started | None = None) -> str:
    """What asks the release of this run; empty where nothing is ``wanted``.

    With what was ``started`` it ends once that is proven to have ended.
    """
    check = wanted(run.plan.settings)
    if run.plan.settings.runtime == "docker":
        return docker.check(run.layout, check)
    if check.url or check.command:
        return commands.health_check(check, started)
    return ""


def ask(
    run: Run,
    *,
    codes: Mapping[int, str] | None = None,
    started: Started | None = None,
) -> None:
    """Run the ``script``, if there is one.

    Raises EngineError health_check_failed with the reason that the client gave, that
    of ``codes`` for an exit code, or tool_missing; CommandFailed where there is no
    result, or the code of an exit code is empty.
    """
    check, text = wanted(run.plan.settings), script(run, started)
    if not text:
        return
    margin = COMMAND_MARGIN_SECONDS if check.command else MARGIN_SECONDS
    watch = run.watch("check", seconds=check.seconds + margin)
    try:
        perform(run, "check", commands.start(run.layout, "check", text), watch)
    except CommandFailed as failure:
        raise _meaning(check, failure, codes or {}) from failure
    except EngineError as error:
        if error.code != "step_timeout":
            raise
        raise _out_of_time(run, check) from None


def _meaning(
    check: HealthCheck, failure: CommandFailed, codes: Mapping[int, str]
) -> EngineError | CommandFailed:
    if failure.exit_code is None:
        return failure
    if failure.exit_code == NO_CLIENT:
        return EngineError("tool_missing", tool="curl, wget or python3")
    code = codes.get(failure.exit_code, "health_check_failed")
    return _failed(check, last_line(failure.output), code) if code else failure


def _out_of_time(run: Run, check: HealthCheck) -> EngineError:
    what = "the check command did not end"
    if not check.command:
        what = f"{check.url} did not answer"
    detail = f"{what} within {check.seconds} s"
    run.note(f"{detail[0].upper()}{detail[1:]}, so it was ended.")
    return _failed(check, detail)


def _failed(
    check: HealthCheck, detail: str, code: str = "health_check_failed"
) -> EngineError:
    return EngineError(
        code, url=check.url or check.command, seconds=check.seconds, detail=detail
    )


def last_line(text: str) -> str:
    """The last thing that a check said."""
    return text.strip().rpartition("\n")[2]
