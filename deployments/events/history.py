"""The only writer of events, and so of a deployment's row once it exists."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.db.models.functions import Now

from deployments.events import announcements
from deployments.models import Deployment, Event
from deployments.models.events import Kind


@dataclass(frozen=True, slots=True)
class Draft:
    """An event without its number."""

    kind: Kind
    step: str = ""
    state: str = ""
    text: str = ""


def status_change(status: str, text: str = "") -> Draft:
    return Draft(Kind.STATUS, state=status, text=text)


def step_change(step: str, state: str, text: str = "") -> Draft:
    return Draft(Kind.STEP, step=step, state=state, text=text)


def output(step: str, text: str) -> Draft:
    return Draft(Kind.LOG, step=step, text=text)


def note(step: str, text: str) -> Draft:
    return Draft(Kind.NOTE, step=step, text=text)


def begin(deployment: Deployment) -> None:
    """Write a new row and its first event, within the caller's transaction.

    Nobody is told: nobody can be reading the history of what has just been made.
    """
    deployment.last_seq = 1
    deployment.save(force_insert=True)
    Event.objects.create(
        deployment=deployment,
        seq=1,
        kind=Kind.STATUS,
        state=deployment.status,
        text=deployment.reason,
        created_at=Now(),
    )


def append(
    deployment_id: UUID,
    drafts: Sequence[Draft],
    *,
    only_if: dict[str, Any] | None = None,
    **changes: Any,
) -> bool:
    """Compare and set: change the row and write its events, or do neither.

    In one transaction the row of ``deployment_id`` gets ``changes`` if it still looks
    as ``only_if`` says, and the drafts get the next numbers. Returns False when the
    row looked different: somebody else was first, which is no error.
    """
    with transaction.atomic():
        # The UPDATE locks the row, so the numbers below are ours alone.
        matched = Deployment.objects.filter(pk=deployment_id, **(only_if or {})).update(
            last_seq=F("last_seq") + len(drafts), **changes
        )
        if not matched:
            return False
        last_seq, epoch = Deployment.objects.values_list("last_seq", "epoch").get(
            pk=deployment_id
        )
        Event.objects.bulk_create(
            Event(
                deployment_id=deployment_id,
                seq=seq,
                epoch=epoch,
                kind=draft.kind,
                step=draft.step,
                state=draft.state,
                text=draft.text,
                created_at=Now(),
            )
            for seq, draft in enumerate(drafts, start=last_seq - len(drafts) + 1)
        )

        def wake_readers() -> None:
            announcements.announce(deployment_id)

        transaction.on_commit(wake_readers, robust=True)
    return True
