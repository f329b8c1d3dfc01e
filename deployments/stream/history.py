"""Reading events, in parts of bounded size, without keeping a connection."""

from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from uuid import UUID

from deployments.models import TERMINAL, Deployment, Event
from deployments.models.events import Kind
from deployments.stream.offload import offload

PART_EVENTS = 100
PART_CHARACTERS = 1_000_000
LOG_PART_EVENTS = 20


@dataclass(frozen=True, slots=True)
class Part:
    """Some events in their order, and the row as it was before they were read.

    ``has_more`` when others wait already; ``is_last`` when none will ever come.
    """

    status: str
    last_seq: int
    events: list[Event]
    has_more: bool

    @property
    def is_last(self) -> bool:
        return self.status in TERMINAL and not self.has_more


def read(deployment_id: UUID, after: int) -> Part:
    """The row first, then what follows ``after``.

    In this order a terminal status means that its event is among those read: it was
    written in the same transaction, as the last one.
    """
    rows = Deployment.objects.filter(pk=deployment_id)
    status, last_seq = rows.values_list("status", "last_seq").get()
    following = Event.objects.filter(deployment=deployment_id, seq__gt=after)
    events: list[Event] = []
    characters = 0
    for event in following.order_by("seq")[: PART_EVENTS + 1]:
        if len(events) == PART_EVENTS or characters >= PART_CHARACTERS:
            return Part(status, last_seq, events, has_more=True)
        events.append(event)
        characters += len(event.text)
    return Part(status, last_seq, events, has_more=False)


def log_text(deployment_id: UUID) -> Iterator[str]:
    """Output and notes, each note on a line of its own."""
    after, at_line_start = 0, True
    while events := _log_part(deployment_id, after):
        text, at_line_start = _as_text(events, at_line_start)
        after = events[-1].seq
        yield text


async def log_text_async(deployment_id: UUID) -> AsyncIterator[str]:
    """The same for ASGI, where an ordinary iterator would be used up before."""
    after, at_line_start = 0, True
    while events := await offload(_log_part, deployment_id, after):
        text, at_line_start = _as_text(events, at_line_start)
        after = events[-1].seq
        yield text


def _log_part(deployment_id: UUID, after: int) -> list[Event]:
    told = Event.objects.filter(
        deployment=deployment_id, seq__gt=after, kind__in=[Kind.LOG, Kind.NOTE]
    )
    return list(told.order_by("seq")[:LOG_PART_EVENTS])


def _as_text(events: list[Event], at_line_start: bool) -> tuple[str, bool]:
    parts = []
    for event in events:
        text = event.text
        if event.kind == Kind.NOTE:
            text = f"{text}\n" if at_line_start else f"\n{text}\n"
        parts.append(text)
        at_line_start = text.endswith("\n") if text else at_line_start
    return "".join(parts), at_line_start
