"""The end of a deployment's log, as much as a page can bear."""

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import groupby

from django.db.models import Q

from deployments.logs.order import WholeLines
from deployments.logs.terminal import Line
from deployments.logs.text import pruning_notice
from deployments.logs.transcript import LogPart, Transcript
from deployments.models import Deployment, Event
from deployments.models.chunks import CHARACTERS
from deployments.models.events import Kind

MAX_CHARACTERS = 200_000
MAX_CHUNKS = 500


@dataclass(frozen=True, slots=True)
class LogTail:
    """What a page shows, and what its script needs in order to go on from there.

    ``is_cut`` when earlier output exists that is not part of it. ``unfinished`` is the
    line whose end has not come; ``state`` is output (as a JSON string) that brings a
    new terminal to where this one is, in the step ``step``.
    """

    parts: list[LogPart]
    is_cut: bool
    unfinished: Line
    step: str
    state: str
    #: Why there is nothing, where it was pruned.
    pruning_notice: str


def log_tail(deployment: Deployment) -> LogTail:
    """What was printed and noted up to the row's ``last_seq``; two queries."""
    events, is_cut = _last_events(deployment)
    lines, transcript = WholeLines(), Transcript()
    ordered = [*lines.take(events), *lines.finish()]
    parts = [*transcript.take(ordered)]
    if deployment.is_terminal:
        parts += transcript.finish()
    return LogTail(
        parts=[*_blocks(parts)],
        is_cut=is_cut,
        unfinished=transcript.unfinished,
        step=transcript.step,
        state=json.dumps(transcript.state),
        pruning_notice=pruning_notice(deployment),
    )


def _last_events(deployment: Deployment) -> tuple[list[Event], bool]:
    printed = deployment.events.filter(
        Q(kind=Kind.LOG) | Q(kind=Kind.NOTE), seq__lte=deployment.last_seq
    )
    lengths = printed.order_by("-seq").values_list("seq", CHARACTERS)
    first, is_cut = 0, False
    total = 0
    for count, (seq, length) in enumerate(lengths[: MAX_CHUNKS + 1], 1):
        total += length
        if count > MAX_CHUNKS or (total > MAX_CHARACTERS and count > 1):
            is_cut = True
            break
        first = seq
    return list(printed.filter(seq__gte=first).order_by("seq")), is_cut


def _blocks(parts: Iterable[LogPart]) -> Iterator[LogPart]:
    """The same with neighbouring lines in one part."""
    for kind, neighbours in groupby(parts, key=lambda part: part.kind):
        if kind == "output":
            lines = (line for part in neighbours for line in part.lines)
            yield LogPart("output", lines=tuple(lines))
        else:
            yield from neighbours
