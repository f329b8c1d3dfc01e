"""The whole log of a deployment as text, a part at a time, however long it is."""

from collections.abc import AsyncIterator, Iterator
from typing import Protocol
from uuid import UUID

from deployments.logs.order import WholeLines
from deployments.logs.transcript import Transcript, text_of_parts
from deployments.models import Deployment, Event
from deployments.models.events import Kind
from oec.offload import offload

#: An event holds at most 64 KiB of text, so a part stays below 2 MiB.
PART_EVENTS = 20


class Writer(Protocol):
    """Makes text of a log's events, which come in their order."""

    def write(self, events: list[Event]) -> str: ...

    def finish(self) -> str: ...


class AsRead:
    """What the page shows: lines without colours and other sequences."""

    def __init__(self) -> None:
        self._lines = WholeLines()
        self._transcript = Transcript()

    def write(self, events: list[Event]) -> str:
        return text_of_parts(self._transcript.take(self._lines.take(events)))

    def finish(self) -> str:
        left = text_of_parts(self._transcript.take(self._lines.finish()))
        return left + text_of_parts(self._transcript.finish())


class AsStored:
    """What was printed, sequences and all, with each note on a line of its own."""

    def __init__(self) -> None:
        self._lines = WholeLines()
        self._at_line_start = True

    def write(self, events: list[Event]) -> str:
        return "".join(map(self._text, self._lines.take(events)))

    def finish(self) -> str:
        return "".join(map(self._text, self._lines.finish()))

    def _text(self, event: Event) -> str:
        text = event.text
        if event.kind == Kind.NOTE:
            text = f"{text}\n" if self._at_line_start else f"\n{text}\n"
        self._at_line_start = text.endswith("\n") if text else self._at_line_start
        return text


def pruning_notice(deployment: Deployment) -> str:
    """What stands where its log was; empty as long as that is kept."""
    if deployment.log_pruned_at is None:
        return ""
    return f"The log was pruned on {deployment.log_pruned_at:%d %b %Y}."


def log_text(deployment: Deployment, writer: Writer) -> Iterator[str]:
    """Output and notes."""
    yield _opening(deployment)
    after = 0
    while events := _part(deployment.pk, after):
        yield writer.write(events)
        after = events[-1].seq
    yield writer.finish()


async def log_text_async(deployment: Deployment, writer: Writer) -> AsyncIterator[str]:
    """The same for ASGI, where an ordinary iterator would be used up before."""
    yield _opening(deployment)
    after = 0
    while events := await offload(_part, deployment.pk, after):
        yield await offload(writer.write, events)
        after = events[-1].seq
    yield writer.finish()


def _opening(deployment: Deployment) -> str:
    notice = pruning_notice(deployment)
    return f"{notice}\n" if notice else ""


def _part(deployment_id: UUID, after: int) -> list[Event]:
    printed = Event.objects.filter(
        deployment=deployment_id, seq__gt=after, kind__in=[Kind.LOG, Kind.NOTE]
    )
    return list(printed.order_by("seq")[:PART_EVENTS])
