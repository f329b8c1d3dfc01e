"""The answers of our scripts, picked out of everything a connection prints."""

from collections.abc import Callable

from deployments.engine.exceptions import EngineError

PREFIX = b"oec:\t"
FOLLOWING = "following"
MAX_LINE_BYTES = 64 * 1024


class ReplyReader:
    """Splits what a script prints into replies and output.

    A reply is a line ``oec:<TAB>word<TAB>fact…``. Other lines (a chatty login shell, a
    complaint of a tool) go to ``output`` unchanged. After the reply ``following``
    everything is output, byte for byte.
    """

    def __init__(self, output: Callable[[bytes], None]) -> None:
        self._output = output
        self._replies: list[list[str]] = []
        self._held = b""
        self._following = False
        self.followed = 0
        """How many bytes of a step's log have been handed on."""

    def feed(self, data: bytes) -> None:
        self._held += data
        while not self._following and b"\n" in self._held:
            line, _, self._held = self._held.partition(b"\n")
            self._take(line)
        if self._following:
            self.followed += len(self._held)
        if self._following or len(self._held) > MAX_LINE_BYTES:
            self.close()

    def close(self) -> None:
        """Hand over what is held back: nothing more will come."""
        held, self._held = self._held, b""
        if held:
            self._output(held)

    def has(self, word: str) -> bool:
        return any(reply[0] == word for reply in self._replies)

    def facts(self, word: str) -> list[str]:
        """The first fact of every reply that begins with ``word``."""
        return [reply[1] for reply in self._replies if reply[0] == word]

    def fields(self, word: str) -> list[dict[str, str]]:
        """The facts ``name=value`` of every reply that begins with ``word``."""
        return [
            dict(map(_fact, reply[1:])) for reply in self._replies if reply[0] == word
        ]

    def refusal(self) -> EngineError | None:
        """The refusal of the server as the failure it means, if there was one."""
        for reply in self._replies:
            if reply[0] == "refused":
                return EngineError(reply[1], **dict(map(_fact, reply[2:])))
        return None

    def _take(self, line: bytes) -> None:
        if not line.startswith(PREFIX):
            self._output(line + b"\n")
            return
        reply = line.removeprefix(PREFIX).decode("utf-8", "replace").split("\t")
        self._replies.append(reply)
        self._following = reply[0] == FOLLOWING


def _fact(field: str) -> tuple[str, str]:
    name, _, value = field.partition("=")
    return name, value
