"""What a run tells: its steps and its output, as events, while it runs."""

import time
from collections import deque

from deployments import events, lifecycle
from deployments.events import Draft
from deployments.redaction import Redactor
from deployments.runner.lease import Lease

CHUNK_CHARACTERS = 65_536
FLUSH_SECONDS = 0.3
#: Of one deployment's output this much is stored from its beginning …
MAX_CHARACTERS = 20_000_000
#: … and this much from its end.
TAIL_CHARACTERS = 64_000


class Recorder:
    """Text goes in as bytes and comes out as masked, bounded chunks."""

    def __init__(self, lease: Lease, redactor: Redactor) -> None:
        self._lease = lease
        self._redactor = redactor
        self._step = ""
        self._buffer: list[str] = []
        self._buffered = 0
        self._flushed_at = 0.0
        self._stored = 0
        self._written = 0
        self._dropped = 0
        self._tail: deque[str] = deque()
        self._tail_length = 0

    @property
    def step(self) -> str:
        """The step that runs, or ran last."""
        return self._step

    def log(self, data: bytes) -> None:
        """Output of a command, in whatever pieces it arrives."""
        self._take(self._redactor.feed(data))

    def note(self, text: str) -> None:
        """One line of OEC's own."""
        self.flush()
        self._write([events.note(self._step, self._redactor.mask(text))])

    def step_started(self, name: str) -> None:
        self._step = name
        self._write([events.step_change(name, "running")], step=name)

    def step_finished(self, name: str, state: str = "success") -> None:
        self.flush_all()
        self._write([events.step_change(name, state)])

    def tick(self) -> None:
        """Called at every checkpoint: what was printed shall not wait to be seen."""
        if self._buffer and self._is_due:
            self.flush()

    def flush(self) -> None:
        text = "".join(self._buffer)
        self._buffer.clear()
        self._buffered = 0
        self._flushed_at = time.monotonic()
        chunks = (
            text[start : start + CHUNK_CHARACTERS]
            for start in range(0, len(text), CHUNK_CHARACTERS)
        )
        if drafts := [events.output(self._step, chunk) for chunk in chunks]:
            self._write(drafts)

    def flush_all(self) -> None:
        """Also what was held back, because it might have become a secret."""
        self._take(self._redactor.flush())
        self.flush()
        if self._dropped:
            kept = "".join(self._tail)[-TAIL_CHARACTERS:]
            lost = self._dropped - len(kept)
            marker = f"\n[… {lost} characters of output are not stored …]\n"
            self._write([events.output(self._step, marker + kept)])
            self._dropped = self._tail_length = 0
            self._tail.clear()

    @property
    def _is_due(self) -> bool:
        return time.monotonic() - self._flushed_at >= FLUSH_SECONDS

    def _take(self, text: str) -> None:
        if not text:
            return
        room = max(0, MAX_CHARACTERS - self._stored)
        head, rest = text[:room], text[room:]
        if head:
            self._buffer.append(head)
            self._buffered += len(head)
            self._stored += len(head)
        if rest:
            self._drop(rest)
        # After a silence the first line is stored at once, what follows in batches.
        if self._buffered >= CHUNK_CHARACTERS or (self._buffer and self._is_due):
            self.flush()

    def _drop(self, text: str) -> None:
        self._dropped += len(text)
        self._tail.append(text)
        self._tail_length += len(text)
        while self._tail_length - len(self._tail[0]) >= TAIL_CHARACTERS:
            self._tail_length -= len(self._tail.popleft())

    def _write(self, drafts: list[Draft], **progress: str) -> None:
        """Once, even when nobody knows whether a commit that failed had happened."""
        claim = self._lease.claim
        is_repeated = False

        def write() -> None:
            nonlocal is_repeated
            if is_repeated and lifecycle.count_written(claim) > self._written:
                return
            is_repeated = True
            lifecycle.write(claim, drafts, **progress)

        self._lease.persist(write)
        self._written += len(drafts)
