"""In which order the output of a step and the notes about it are read."""

from collections.abc import Iterable, Iterator

from deployments.models import Event
from deployments.models.events import Kind


class WholeLines:
    """Events in their order, but for notes that came in the middle of a line.

    Output arrives in pieces that end anywhere, and people cancel at any moment. Such a
    note waits for the end of its line, so that no line is read in two halves.
    """

    def __init__(self) -> None:
        self._step = ""
        self._is_in_line = False
        self._notes: list[Event] = []

    def take(self, events: Iterable[Event]) -> Iterator[Event]:
        for event in events:
            if event.step not in {"", self._step}:
                yield from self.finish()
                self._step = event.step
            if event.kind == Kind.LOG:
                yield from self._output(event)
            elif self._is_in_line:
                self._notes.append(event)
            else:
                yield event

    def finish(self) -> Iterator[Event]:
        """The notes whose line goes on no more."""
        yield from self._notes
        self._notes = []
        self._is_in_line = False

    def _output(self, event: Event) -> Iterator[Event]:
        head, end, rest = event.text.partition("\n")
        if self._notes and end:
            yield _piece(event, head + end)
            yield from self.finish()
            event = _piece(event, rest)
        if event.text:
            yield event
            self._is_in_line = not event.text.endswith("\n")


def _piece(event: Event, text: str) -> Event:
    return Event(
        deployment_id=event.deployment_id,
        seq=event.seq,
        kind=event.kind,
        step=event.step,
        text=text,
        created_at=event.created_at,
    )
