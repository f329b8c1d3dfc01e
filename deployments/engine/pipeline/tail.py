"""The end of a long output, for the diagnosis of a failure."""

import re
from collections.abc import Callable

LIMIT_BYTES = 64 * 1024
_REST_OF_A_LINE = re.compile(r"[^\r\n]*[\r\n]+")


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
        """Whole lines: nobody would recognize the rest of a secret that was cut."""
        text = self._kept.decode("utf-8", "replace")
        # Only tried at the beginning: an endless line has as many places as characters.
        rest = _REST_OF_A_LINE.match(text)
        if rest and self.total > LIMIT_BYTES:
            return text[rest.end() :]
        return text
