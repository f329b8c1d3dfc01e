"""The states of a deployment: the only writer of ``status`` and of the lease.

    pending → running                          claim
    pending → failed                           refuse
    pending → cancelled                        cancel_pending
    running → success | failed | cancelled     succeed, fail, cancel, lose

Nothing else, ever. Every transition is a compare-and-set together with its event, so
the loser of a race changes nothing and learns it by False or None. The database's
clock decides about leases; a run that lost its lease cannot write, because every write
carries the run's epoch.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.db.models import Expression, ExpressionWrapper, F, Q, Value, fields
from django.db.models.functions import Now

from deployments import diagnosis, events, live
from deployments.diagnosis import Diagnosis
from deployments.engine.exceptions import LeaseLost
from deployments.engine.remains import NOTHING, REMOTE_STATE_UNKNOWN, Remains
from deployments.events import Draft
from deployments.models import Deployment, Event, RemoteOutcome, Status
from deployments.models.events import Kind
from projects.models import Serving, User


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to run one deployment, until another epoch begins."""

    deployment_id: UUID
    epoch: int

    @property
    def fence(self) -> dict[str, object]:
        """What the row looks like as long as this claim holds."""
        return {"status": Status.RUNNING, "epoch": self.epoch}


def claim(deployment_id: UUID, *, worker: str) -> Claim | None:
    """pending → running. None when it is not waiting (any more)."""
    with transaction.atomic():
        claimed = events.append(
            deployment_id,
            [events.status_change(Status.RUNNING, worker)],
            only_if={"status": Status.PENDING, "cancel_requested_at": None},
            status=Status.RUNNING,
            epoch=F("epoch") + 1,
            worker=worker,
            started_at=Now(),
            lease_until=_lease_end(),
        )
        if not claimed:
            return None
        # Nothing has to be asked once the row is ours: the database may be away then.
        row = Deployment.objects.filter(pk=deployment_id)
        return Claim(deployment_id, row.values_list("epoch", flat=True).get())


def renew(claim: Claim) -> bool:
    """Prolong the lease; True when somebody asked for the end of the run.

    Raises ``LeaseLost`` when the row is no longer this run's.
    """
    with transaction.atomic():
        rows = Deployment.objects.filter(pk=claim.deployment_id, **claim.fence)
        if not rows.update(lease_until=_lease_end()):
            raise LeaseLost
        # The UPDATE holds the row's lock, so this reads what it was renewed with.
        return rows.filter(cancel_requested_at__isnull=False).exists()


def write(claim: Claim, drafts: list[Draft], **progress: str) -> None:
    """Events of a run; ``progress`` is its step or the id of its container.

    Raises ``LeaseLost``.
    """
    if not events.append(claim.deployment_id, drafts, only_if=claim.fence, **progress):
        raise LeaseLost


def count_written(claim: Claim) -> int:
    """How many events this run has written; those of people and ends do not count."""
    events_of_run = Event.objects.filter(
        deployment=claim.deployment_id, epoch=claim.epoch
    )
    by_others = Q(kind=Kind.NOTE, step="") | Q(kind=Kind.STATUS)
    return events_of_run.exclude(by_others).count()


def succeed(
    claim: Claim, rest: Sequence[Draft] = (), remains: Remains = NOTHING
) -> bool:
    """running → success, also when a cancel came in after the last step.

    The release is live then, and the row has to agree with the server. ``rest`` is
    what the run had not written yet; it stands before the end, here and below.
    """
    with transaction.atomic():
        has_ended = _end(claim, rest, Status.SUCCESS, remains)
        if has_ended:
            live.put_live(claim.deployment_id)
            live.seen(claim.deployment_id, remains.serving, is_live=True)
    return has_ended


def fail(
    claim: Claim,
    diagnosis: Diagnosis,
    rest: Sequence[Draft] = (),
    remains: Remains = NOTHING,
) -> bool:
    """running → failed, with what the diagnosis says."""
    with transaction.atomic():
        has_ended = _end(claim, rest, Status.FAILED, remains, diagnosis)
        _note_serving(claim, remains, has_ended)
    return has_ended


def cancel(
    claim: Claim, rest: Sequence[Draft] = (), remains: Remains = NOTHING
) -> bool:
    """running → cancelled, once the run has ended what it had started."""
    with transaction.atomic():
        has_ended = _end(claim, rest, Status.CANCELLED, remains)
        _note_serving(claim, remains, has_ended)
    return has_ended


def refuse(deployment_id: UUID, diagnosis: Diagnosis) -> bool:
    """pending → failed: it will never start."""
    return events.append(
        deployment_id,
        [events.status_change(Status.FAILED, diagnosis.message)],
        only_if={"status": Status.PENDING},
        status=Status.FAILED,
        completed_at=Now(),
        **_error_columns(diagnosis),
    )


def cancel_pending(deployment_id: UUID, *, by: User) -> bool:
    """pending → cancelled, at once: nothing has started."""
    return events.append(
        deployment_id,
        [events.status_change(Status.CANCELLED, f"Cancelled by {by.display_name}.")],
        only_if={"status": Status.PENDING},
        status=Status.CANCELLED,
        completed_at=Now(),
        cancel_requested_at=Now(),
        cancel_requested_by=by,
    )


def request_cancel(deployment_id: UUID, *, by: User) -> bool:
    """Ask the run to end; it makes the transition when it has. Asked once is enough."""
    return events.append(
        deployment_id,
        [events.note("", f"{by.display_name} asked to cancel.")],
        only_if={"status": Status.RUNNING, "cancel_requested_at": None},
        cancel_requested_at=Now(),
        cancel_requested_by=by,
    )


def lose(deployment_id: UUID) -> bool:
    """running → failed or cancelled, because the lease ran out.

    Whether it did is decided in the same statement, so a run that has just renewed
    its lease is left alone.
    """
    expired = {"status": Status.RUNNING, "lease_until__lt": Now()}
    lost = diagnosis.failure("worker_lost")
    return events.append(
        deployment_id,
        [events.status_change(Status.CANCELLED, REMOTE_STATE_UNKNOWN)],
        only_if={**expired, "cancel_requested_at__isnull": False},
        status=Status.CANCELLED,
        completed_at=Now(),
        lease_until=None,
        remote_outcome=RemoteOutcome.UNKNOWN,
    ) or events.append(
        deployment_id,
        [events.status_change(Status.FAILED, lost.message)],
        only_if={**expired, "cancel_requested_at": None},
        status=Status.FAILED,
        completed_at=Now(),
        lease_until=None,
        remote_outcome=RemoteOutcome.UNKNOWN,
        **_error_columns(lost),
    )


def force_finish(deployment_id: UUID, *, by: User) -> bool:
    """running → cancelled by an administrator, whatever the run is doing.

    The run, if it still lives, loses its lease with this and ends by itself.
    """
    text = f"Finished by force by {by.display_name}. {REMOTE_STATE_UNKNOWN}"
    return events.append(
        deployment_id,
        [events.status_change(Status.CANCELLED, text)],
        only_if={"status": Status.RUNNING},
        status=Status.CANCELLED,
        completed_at=Now(),
        lease_until=None,
        remote_outcome=RemoteOutcome.UNKNOWN,
    )


def mark_rung(deployment_id: UUID) -> None:
    """Remember when the dispatcher rang the bell for a waiting deployment."""
    Deployment.objects.filter(pk=deployment_id, status=Status.PENDING).update(
        rung_at=Now()
    )


def _note_serving(claim: Claim, remains: Remains, has_ended: bool) -> None:
    """Where the run has touched what serves, its environment knows it as well."""
    if has_ended and remains.serving:
        live.seen(claim.deployment_id, remains.serving, is_live=False)


def _end(
    claim: Claim,
    rest: Sequence[Draft],
    status: Status,
    remains: Remains,
    diagnosis: Diagnosis | None = None,
) -> bool:
    text = diagnosis.message if diagnosis else remains.remark
    end = events.status_change(status, text)
    return events.append(
        claim.deployment_id,
        [*rest, end],
        only_if=claim.fence,
        status=status,
        completed_at=Now(),
        lease_until=None,
        remote_outcome=remains.outcome,
        still_running=remains.still_running,
        serving=remains.serving or Serving.UNKNOWN,
        serving_since=Now() if remains.serving else None,
        **(_error_columns(diagnosis) if diagnosis else {}),
    )


def _error_columns(diagnosis: Diagnosis) -> dict[str, str]:
    return {
        "error_code": diagnosis.code,
        "error_message": diagnosis.message,
        "error_class": diagnosis.failure_class,
        "error_evidence": diagnosis.evidence,
        "error_probe": diagnosis.probe,
        "advised_verb": diagnosis.verb,
    }


def _lease_end() -> Expression:
    return ExpressionWrapper(
        Now() + Value(timedelta(seconds=settings.LEASE_SECONDS)),
        output_field=fields.DateTimeField(),
    )
