"""A bare repository, and the Git processes that work in it."""

from collections.abc import Callable, Generator
from pathlib import Path

from deployments.engine.git.access import CLOSED, Access
from deployments.engine.git.failures import failure_of
from deployments.engine.git.process import output_of, started

OUTPUT_LIMIT = 64 * 1024

#: Nothing a repository brings along is run, and nothing goes on in the background.
_OPTIONS = (
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "protocol.ext.allow=never",
    "-c",
    "submodule.recurse=false",
    "-c",
    "gc.autoDetach=false",
    "-c",
    "maintenance.autoDetach=false",
    "-c",
    "http.lowSpeedLimit=1000",
    "-c",
    "http.lowSpeedTime=30",
    # What arrives as a pack stays one, and is copied when packs are put together:
    # looking for more to save in large files takes longer than sending them.
    "-c",
    "fetch.unpackLimit=1",
    "-c",
    "pack.window=0",
    # Where a host sends us on to was checked by nobody.
    "-c",
    "http.followRedirects=false",
)


class GitDirectory:
    """``tick`` is called at least every 200 ms and ends the waiting by raising; what
    Git prints for people goes to ``log``.
    """

    def __init__(
        self, path: Path, *, log: Callable[[bytes], None], tick: Callable[[], None]
    ) -> None:
        self.path = path
        self._log = log
        self._tick = tick

    def run(
        self,
        *arguments: str,
        access: Access = CLOSED,
        tick: Callable[[], None] = lambda: None,
        quiet: bool = False,
    ) -> tuple[int, str, str]:
        """Exit code, output and complaints; the latter are also logged as they come."""
        complaints = bytearray()

        def complain(data: bytes) -> None:
            complaints.extend(data)
            if not quiet:
                self._log(data)

        output = bytearray()
        command = [*access.options, *self._arguments(arguments)]
        with started(command, access.environment) as process:
            for chunk in output_of(process, complain):
                output.extend(chunk)
                self._tick()
                tick()
            code = process.wait()
        return code, _text(output), _text(complaints[-OUTPUT_LIMIT:])

    def read(self, *arguments: str, access: Access = CLOSED) -> str:
        """Its output. Raises CommandFailed, or EngineError console_disk_full."""
        code, output, complaints = self.run(*arguments, access=access)
        if code != 0:
            raise failure_of(code, complaints)
        return output.strip()

    def stream(
        self, *arguments: str, access: Access = CLOSED, request: bytes = b""
    ) -> Generator[bytes]:
        """Its output as it comes; an empty chunk when there is nothing yet.

        ``tick`` is left to the reader. Close the iterator to end Git. Raises
        CommandFailed, or EngineError console_disk_full, at the end.
        """
        complaints = bytearray()
        command = self._arguments(arguments)
        with started(command, access.environment, request) as process:
            yield from output_of(process, complaints.extend)
            code = process.wait()
        if code != 0:
            raise failure_of(code, _text(complaints[-OUTPUT_LIMIT:]))

    def ticking(self, chunks: Generator[bytes]) -> Generator[bytes]:
        """The chunks that are not empty, while ``tick`` is called."""
        for chunk in chunks:
            self._tick()
            if chunk:
                yield chunk

    def _arguments(self, arguments: tuple[str, ...]) -> list[str]:
        return [*_OPTIONS, f"--git-dir={self.path}", *arguments]


def _text(data: bytes | bytearray) -> str:
    return data.decode("utf-8", "replace")
