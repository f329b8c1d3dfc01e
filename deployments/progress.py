"""How far a deployment has come, step by step, read from its events."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from deployments.engine.pipeline import STEPS, Step
from deployments.models import Deployment, Event, Status
from deployments.models.events import Kind

WAITING = "waiting"
SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class StepProgress:
    """``state``: waiting, running, success, failed, cancelled or skipped."""

    name: str
    title: str
    state: str
    started_at: datetime | None = None
    ended_at: datetime | None = None

    @property
    def duration_seconds(self) -> float | None:
        """None while it has not run to an end."""
        if self.started_at is None or self.ended_at is None:
            return None
        return max(0.0, (self.ended_at - self.started_at).total_seconds())


@dataclass(frozen=True, slots=True)
class Progress:
    """``step`` is the one that runs or ran last; ``percent`` counts finished steps."""

    percent: int
    step: str
    steps: list[StepProgress]


def progress(deployment: Deployment) -> Progress:
    """One query."""
    changes = deployment.events.filter(kind=Kind.STEP).order_by("seq")
    return from_events(deployment, changes)


def from_events(deployment: Deployment, changes: Iterable[Event]) -> Progress:
    """``changes`` are the step changes of ``deployment`` in their order.

    Where they were pruned, no steps are told, and only a success is known to be whole.
    """
    if deployment.events_pruned_at:
        is_whole = deployment.status == Status.SUCCESS
        return Progress(100 if is_whole else 0, deployment.step, [])
    started: dict[str, Event] = {}
    ended: dict[str, Event] = {}
    for change in changes:
        (started if change.state == Status.RUNNING else ended)[change.step] = change
    steps = [
        _step(deployment, step, started.get(step.name), ended.get(step.name))
        for step in STEPS
    ]
    done = sum(step.state == Status.SUCCESS for step in steps)
    return Progress(round(100 * done / len(STEPS)), deployment.step, steps)


def _step(
    deployment: Deployment, step: Step, started: Event | None, ended: Event | None
) -> StepProgress:
    if started is None:
        state = SKIPPED if deployment.is_terminal else WAITING
        return StepProgress(step.name, step.title, state)
    return StepProgress(
        name=step.name,
        title=step.title,
        # Without an end of its own, it ended as and when the deployment did.
        state=ended.state if ended else deployment.status,
        started_at=started.created_at,
        ended_at=ended.created_at if ended else deployment.completed_at,
    )
