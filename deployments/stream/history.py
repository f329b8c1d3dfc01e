"""Reading events, in batches of bounded size, without keeping a connection."""

from dataclasses import dataclass
from uuid import UUID

from deployments.models import TERMINAL, Deployment, Event

BATCH_EVENTS = 100
BATCH_CHARACTERS = 1_000_000


@dataclass(frozen=True, slots=True)
class Batch:
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


def read(deployment_id: UUID, after: int) -> Batch:
    """The row first, then what follows ``after``.

    In this order a terminal status means that its event is among those read: it was
    written in the same transaction, as the last one.
    """
    rows = Deployment.objects.filter(pk=deployment_id)
    status, last_seq = rows.values_list("status", "last_seq").get()
    following = Event.objects.filter(deployment=deployment_id, seq__gt=after)
    events: list[Event] = []
    characters = 0
    for event in following.order_by("seq")[: BATCH_EVENTS + 1]:
        if len(events) == BATCH_EVENTS or characters >= BATCH_CHARACTERS:
            return Batch(status, last_seq, events, has_more=True)
        events.append(event)
        characters += len(event.text)
    return Batch(status, last_seq, events, has_more=False)
