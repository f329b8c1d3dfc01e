"""The end of a long output, for the diagnosis of a failure."""

from collections.abc import Callable

LIMIT_BYTES = 64 * 1024


class Tail:
    """Passes bytes on, counts them, and remembers the last 64 KiB."""

    def __init__(self, output: Callable[[bytes], None]) -> None:
        self._output = output
        self._kept = bytearray()
        self.total = 0

    def feed(self, data: bytes) -> None:
        self.total += len(data)
        self._kept += data
        del self._kept[:-LIMIT_BYTES]
        self._output(data)

    @property
    def text(self) -> str:
        return self._kept.decode("utf-8", "replace")
