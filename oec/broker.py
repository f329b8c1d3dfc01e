"""The broker of the embedded set-up: kombu's files, but never seen half written.

kombu writes a message in place and takes it through the system's temporary folder. A
worker that looks at the wrong moment reads half a message and ends. Here a message
appears and is taken by renaming inside one folder, which is atomic.
"""

import os
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from fcntl import LOCK_EX, flock
from pathlib import Path
from queue import Empty
from typing import Any

from kombu.transport import filesystem
from kombu.transport.filesystem import exchange_queue_t
from kombu.utils.json import dumps, loads

#: Celery waits for two seconds, and several times before it ends.
MOST_WAITED_SECONDS = 0.2


class Channel(filesystem.Channel):
    # kombu's own two classes disagree about the name.
    def _put(self, queue: str, message: Any, **_: Any) -> None:  # type: ignore[override]
        # The name sorts by the time of arrival; kombu looks for the part after the dot.
        name = f"{time.time_ns()}_{uuid.uuid4()}.{queue}.msg"
        file = Path(self.data_folder_out, name)
        draft = file.with_suffix(".part")
        try:
            draft.write_text(dumps(message))
            draft.rename(file)
        finally:
            # On a full disk it would stay, and take what is left of the room.
            draft.unlink(missing_ok=True)

    def _get(self, queue: str, timeout: float | None = None) -> Any:
        for name in sorted(os.listdir(self.data_folder_in)):
            if name.partition(".")[2] != f"{queue}.msg":
                continue
            message = Path(self.data_folder_in, name)
            taken = message.with_suffix(".taken")
            try:
                message.rename(taken)
            except FileNotFoundError:
                continue  # another worker was faster
            payload = loads(taken.read_text())
            taken.unlink()
            return payload
        raise Empty

    def get_table(self, exchange: str) -> Any:
        with self._locked():
            return self._bindings(exchange)

    def _queue_bind(
        self, exchange: str, routing_key: str, pattern: str | None, queue: str
    ) -> None:
        """kombu's own empties the file before it writes, which a full disk forbids."""
        binding = exchange_queue_t(routing_key or "", pattern or "", queue or "")
        with self._locked():
            bindings = self._bindings(exchange)
            if binding in bindings:
                return
            file = self._file(exchange)
            draft = file.with_suffix(".part")
            draft.write_text(dumps([binding, *bindings]))
            draft.rename(file)

    def _bindings(self, exchange: str) -> list[exchange_queue_t]:
        """None in a file that was left half written; the next to bind makes it anew."""
        try:
            bindings = loads(self._file(exchange).read_text())
        except (FileNotFoundError, ValueError):
            return []
        return [exchange_queue_t(*binding) for binding in bindings]

    def _file(self, exchange: str) -> Path:
        return self.control_folder / f"{exchange}.exchange"

    @contextmanager
    def _locked(self) -> Iterator[None]:
        """kombu's own lock begins only after it has opened the file of bindings."""
        self.control_folder.mkdir(exist_ok=True)
        with (self.control_folder / "lock").open("w") as lock:
            flock(lock, LOCK_EX)
            yield


class Transport(filesystem.Transport):
    Channel = Channel

    def drain_events(  # type: ignore[override]  # as its own base class has it
        self, connection: Any, timeout: float | None = None
    ) -> None:
        """Waits less long than asked: between two waits a worker sees its signals."""
        longest = MOST_WAITED_SECONDS if timeout is None else timeout
        super().drain_events(connection, min(longest, MOST_WAITED_SECONDS))
