"""The answers of our scripts, picked out of everything a connection prints."""

from collections.abc import Callable

from deployments.engine.exceptions import EngineError

PREFIX = b"oec:\t"
FOLLOWING = "following"
#: Stands before the reply that ends a log, whose last line may lack its end.
END = b"\x1e"
MAX_LINE_BYTES = 64 * 1024


class ReplyReader:
    """Splits what a script prints into replies and output.

    A reply is a line ``oec:<TAB>word<TAB>fact…``. Other lines (a chatty login shell, a
    complaint of a tool) go to ``output`` unchanged. After the reply ``following``
    everything is output, byte for byte, until a reply ``ended`` that has the ``mark``,
    which nobody but the script knows.
    """

    def __init__(self, output: Callable[[bytes], None], *, mark: str = "") -> None:
        self._output = output
        self._end = END + PREFIX + f"ended\tmark={mark}\t".encode() if mark else b""
        self._replies: list[list[str]] = []
        self._held = b""
        self._following = False
        self.followed = 0
        """How many bytes of a step's log have been handed on."""

    def feed(self, data: bytes) -> None:
        self._held += data
        while self._follow() if self._following else self._read():
            pass

    def close(self) -> None:
        """Hand over what is held back: nothing more will come."""
        held, self._held = self._held, b""
        self.followed += len(held) if self._following else 0
        if held:
            self._output(held)

    def has(self, word: str) -> bool:
        return any(reply[0] == word for reply in self._replies)

    def facts(self, word: str) -> list[str]:
        """The first fact of every reply that begins with ``word``, maybe empty."""
        return ["".join(reply[1:2]) for reply in self._replies if reply[0] == word]

    def fact(self, word: str) -> str:
        """The fact that a script always tells. Raises EngineError reply_missing."""
        facts = self.facts(word)
        if not facts:
            raise EngineError("reply_missing", detail=word)
        return facts[0]

    def fields(self, word: str) -> list[dict[str, str]]:
        """The facts ``name=value`` of every reply that begins with ``word``."""
        return [
            dict(map(_fact, reply[1:])) for reply in self._replies if reply[0] == word
        ]

    def refusal(self) -> EngineError | None:
        """The refusal of the server as the failure it means, if there was one."""
        for reply in self._replies:
            if reply[0] == "refused" and len(reply) > 1:
                return EngineError(reply[1], **dict(map(_fact, reply[2:])))
        return None

    def _read(self) -> bool:
        """Take a line; False when there is no whole one."""
        line, end, rest = self._held.partition(b"\n")
        if not end:
            if len(self._held) > MAX_LINE_BYTES:
                self.close()
            return False
        self._held = rest
        self._take(line)
        return True

    def _take(self, line: bytes) -> None:
        if not line.startswith(PREFIX):
            self._output(line + b"\n")
            return
        reply = line.removeprefix(PREFIX).decode("utf-8", "replace").split("\t")
        self._replies.append(reply)
        self._following = reply[0] == FOLLOWING

    def _follow(self) -> bool:
        """Hand on the log as far as it is certain to be one; False when all is."""
        at = self._held.find(self._end) if self._end else -1
        log = self._held[: at if at >= 0 else self._log_bytes()]
        self._held = self._held[len(log) :]
        self.followed += len(log)
        if log:
            self._output(log)
        if at < 0:
            return False
        self._held = self._held.removeprefix(END)
        self._following = False
        return True

    def _log_bytes(self) -> int:
        """What is held but the beginning of an end that may come."""
        start = self._held.rfind(END, -len(self._end)) if self._end else -1
        is_end = start >= 0 and self._end.startswith(self._held[start:])
        return start if is_end else len(self._held)


def _fact(field: str) -> tuple[str, str]:
    name, _, value = field.partition("=")
    return name, value
