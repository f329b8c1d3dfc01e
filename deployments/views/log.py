"""The end of a deployment's log, as much as a page can bear."""

from dataclasses import dataclass

from django.db.models import Q
from django.db.models.functions import Length

from deployments.models import Deployment, Event
from deployments.models.events import Kind

MAX_CHARACTERS = 200_000
MAX_CHUNKS = 500


@dataclass(frozen=True, slots=True)
class LogTail:
    """``is_cut`` when earlier output exists that is not part of it."""

    events: list[Event]
    is_cut: bool


def log_tail(deployment: Deployment) -> LogTail:
    """What was printed and noted up to the row's ``last_seq``; two queries."""
    told = deployment.events.filter(
        Q(kind=Kind.LOG) | Q(kind=Kind.NOTE), seq__lte=deployment.last_seq
    )
    lengths = told.order_by("-seq").values_list("seq", Length("text"))
    first, is_cut = 0, False
    total = 0
    for count, (seq, length) in enumerate(lengths[: MAX_CHUNKS + 1], 1):
        total += length
        if count > MAX_CHUNKS or (total > MAX_CHARACTERS and count > 1):
            is_cut = True
            break
        first = seq
    return LogTail(list(told.filter(seq__gte=first).order_by("seq")), is_cut)
