"""Steps that outlive the connection: started, followed, attached to again, ended."""

import secrets
import time

from deployments.engine import commands
from deployments.engine.commands import SHELL, ReplyReader
from deployments.engine.exceptions import CommandFailed, EngineError, Interrupted
from deployments.engine.pipeline.model import Run
from deployments.engine.pipeline.tail import Tail
from deployments.engine.pipeline.watch import Watch

#: So often in a row may an attachment bring nothing and end at once.
FRUITLESS_ATTACHMENTS = 3
LASTING_SECONDS = 5.0
ENDING_SECONDS = 30.0
DEADLINES = frozenset({"step_timeout", "silence_timeout", "total_timeout"})


def run_command(run: Run, name: str, command: str) -> None:
    """Run one of the environment's commands in the new release, if there is one."""
    if not command.strip():
        run.note(f"There is no {name} command.")
        return
    silence = run.plan.settings.silence_timeout_seconds
    watch = run.watch(name, silence_seconds=silence)
    perform(run, name, commands.start(run.layout, name, command), watch)


def perform(run: Run, name: str, script: str, watch: Watch) -> None:
    """Run ``script``, which starts the step ``name``, and follow it to its end.

    The result is what the server wrote into the step's result file, nothing else. A
    step that is given up is ended with every process of it. Raises CommandFailed (with
    exit code None if nobody can tell the result), the refusal of the server, a
    deadline, connection_lost or step_shell_killed as EngineError, or Interrupted.
    """
    followed = _Followed(run, name, script, watch)
    run.remains.started(name)
    try:
        code = followed.to_its_end()
    except Interrupted:
        _end(run, name)
        raise
    except EngineError as error:
        if error.code in DEADLINES:
            _end(run, name)
        raise
    if code is None:
        _end(run, name)
        followed.check_shell()
    else:
        run.remains.finished(name)
    if code != 0:
        raise CommandFailed(code, followed.text)


class _Followed:
    """A step's log, read to its end over as many connections as that takes."""

    def __init__(self, run: Run, name: str, script: str, watch: Watch) -> None:
        self._run = run
        self._name = name
        self._start = script
        self._watch = watch
        self._tail = Tail(run.log)
        self._offset = 0
        self._ended: dict[str, str] = {}

    @property
    def text(self) -> str:
        return self._tail.text

    @property
    def _missing(self) -> int:
        """How many bytes of the log have not been read, as far as that is known."""
        return max(_number(self._ended.get("size")) or 0, self._offset) - self._offset

    @property
    def _is_complete(self) -> bool:
        return bool(self._ended) and not self._missing

    def to_its_end(self) -> int | None:
        """The step's exit code; None if it left none."""
        self._follow(self._start)
        fruitless = 0
        while not self._is_complete and fruitless < FRUITLESS_ATTACHMENTS:
            fruitless = 0 if self._attach() else fruitless + 1
        if self._missing:
            self._run.note(
                f"The last {self._missing} bytes that the step {self._name} printed "
                "could not be read."
            )
        return _number(self._ended.get("code"))

    def check_shell(self) -> None:
        """Raise EngineError if the server knows of no result, and has room for one."""
        if self._ended and not self._ended.get("full"):
            raise EngineError("step_shell_killed", step=self._name)

    def _attach(self) -> bool:
        """Whether it brought something, or followed for a while.

        Where nobody knows whether the step has begun, it only waited for that.
        """
        offset, began = self._offset, time.monotonic()
        has_followed = self._follow(
            commands.attach(self._run.layout, self._name, offset)
        )
        has_lasted = time.monotonic() > began + LASTING_SECONDS
        return self._offset > offset or (has_followed and has_lasted)

    def _follow(self, script: str) -> bool:
        """Follow until the log ends, or the connection or our own shell before it.

        Returns whether the step's log was there to be followed.
        """
        remote = self._run.remote
        mark = secrets.token_hex(8)
        reader = ReplyReader(self._hear, mark=mark)
        send = [commands.marked(script, mark).encode()]
        try:
            remote.run(SHELL, send, reader.feed, self._watch)
        except EngineError as error:
            if error.code != "connection_lost":
                raise
            remote.reconnect(self._watch, error)
        reader.close()
        self._offset += reader.followed
        if refusal := remote.refusal(reader):
            raise refusal
        self._ended = next(iter(reader.fields("ended")), self._ended)
        if reader.has("absent"):
            return self._follow(self._start)
        return reader.has("following")

    def _hear(self, data: bytes) -> None:
        self._watch.heard()
        self._tail.feed(data)


def _number(text: str | None) -> int | None:
    return int(text) if text and text.isascii() and text.isdigit() else None


def end_services(run: Run) -> None:
    """End what has made this run's release live, with the services that it started."""
    script = commands.end_services(run.layout, grace_seconds=run.grace_seconds)
    _end_by(run, script, "What the new release had started")


def _end(run: Run, name: str) -> None:
    """End every process of the step on the server."""
    run.report_if_possible()
    script = commands.end(run.layout, name, grace_seconds=run.grace_seconds)
    if _end_by(run, script, f"The step {name}"):
        run.remains.ended(name)


def _end_by(run: Run, script: str, what: str) -> bool:
    """False, and said in the log, if nobody can say that it has ended."""
    watch = run.unwatched("end", seconds=run.grace_seconds + ENDING_SECONDS)
    try:
        run.remote.aside(script, watch)
    except (EngineError, CommandFailed) as failure:
        run.note(_not_ended(run, what, failure))
        return False
    return True


def _not_ended(run: Run, what: str, failure: EngineError | CommandFailed) -> str:
    who = failure.facts.get("detail") if isinstance(failure, EngineError) else None
    if isinstance(failure, EngineError) and failure.code == "leftover_running" and who:
        run.remains.lives_on(who)
        return f"{what} could not be ended: still runs {who}."
    return (
        f"It is not certain that it has ended: {what[0].lower()}{what[1:]} ({failure})."
    )
