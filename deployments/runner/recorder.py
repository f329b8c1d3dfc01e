"""What a run tells: its steps and its output, as events, while it runs."""

import time
from collections import deque

from django.conf import settings

from deployments import events, lifecycle
from deployments.engine.exceptions import LeaseLost
from deployments.engine.redaction import Redactor
from deployments.events import Draft
from deployments.runner.lease import Lease

CHUNK_CHARACTERS = 65_536
FLUSH_SECONDS = 0.3
#: Beyond ``LOG_LIMIT_MB`` this much is stored of the end of each step's output.
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
        self._room = settings.LOG_LIMIT_MB * 1_000_000
        self._written = 0
        self._dropped = 0
        self._tail: deque[str] = deque()
        self._tail_length = 0
        #: What happened and goes into the next transaction.
        self._drafts: list[Draft] = []

    @property
    def step(self) -> str:
        """The step that runs, or ran last."""
        return self._step

    def log(self, data: bytes) -> None:
        """Output of a command, in whatever pieces it arrives."""
        self._take(self._redactor.feed(data))

    def note(self, text: str) -> None:
        """One line of OEC's own, written with what comes next."""
        self._gather()
        self._drafts.append(events.note(self._step, self._redactor.mask(text)))

    def step_started(self, name: str) -> None:
        self._step = name
        self._drafts.append(events.step_change(name, "running"))
        self._write(step=name)

    def step_finished(self, name: str, state: str = "success") -> None:
        """Written with what comes next: the following step, or the end."""
        self._gather_all()
        self._drafts.append(events.step_change(name, state))

    def container_started(self, container_id: str) -> None:
        self.note(f"Container {container_id[:12]} runs.")
        self._write(container_id=container_id)

    def tick(self) -> None:
        """Called at every checkpoint: what has happened shall not wait to be seen."""
        if self._drafts or (self._buffer and self._is_due):
            self.flush()

    def flush(self) -> None:
        """Write what there is."""
        self._gather()
        if self._drafts:
            self._write()

    def rest(self) -> list[Draft]:
        """What is still to be written when the run ends: together with its end."""
        self._gather_all()
        drafts, self._drafts = self._drafts, []
        return drafts

    def _gather(self) -> None:
        # What has nothing to do with output must not make the next line wait.
        if not self._buffer:
            return
        text = "".join(self._buffer)
        self._buffer.clear()
        self._buffered = 0
        self._flushed_at = time.monotonic()
        chunks = (
            text[start : start + CHUNK_CHARACTERS]
            for start in range(0, len(text), CHUNK_CHARACTERS)
        )
        self._drafts += (events.output(self._step, chunk) for chunk in chunks)

    def _gather_all(self) -> None:
        """Also what was held back, because it might have become a secret."""
        self._take(self._redactor.flush())
        self._gather()
        if self._dropped:
            kept = "".join(self._tail)[-TAIL_CHARACTERS:]
            lost = self._dropped - len(kept)
            marker = f"\n[… {lost} characters of output are not stored …]\n"
            self._drafts.append(events.output(self._step, marker + kept))
            self._dropped = self._tail_length = 0
            self._tail.clear()

    @property
    def _is_due(self) -> bool:
        return time.monotonic() - self._flushed_at >= FLUSH_SECONDS

    def _take(self, text: str) -> None:
        if not text:
            return
        data = text.encode()
        kept = data[: self._room]
        self._room -= len(kept)
        head = text if len(kept) == len(data) else kept.decode(errors="ignore")
        if head:
            self._buffer.append(head)
            self._buffered += len(head)
        if rest := text[len(head) :]:
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

    def _write(self, **progress: str) -> None:
        """Once, even when nobody knows whether a commit that failed had happened."""
        if self._lease.is_lost:
            # A run that is ending what it started has no time to ask in vain.
            raise LeaseLost
        claim, drafts = self._lease.claim, self._drafts
        is_repeated = False

        def write() -> None:
            nonlocal is_repeated
            if is_repeated and lifecycle.count_written(claim) > self._written:
                return
            is_repeated = True
            lifecycle.write(claim, drafts, **progress)

        self._lease.persist(write)
        self._written += len(drafts)
        self._drafts = []
