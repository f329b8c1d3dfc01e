"""From the row to its end: claim, execute, say how it went."""

import logging
import os
import socket
import traceback
from collections.abc import Callable
from dataclasses import replace
from uuid import UUID

from deployments import diagnosis, lifecycle
from deployments.diagnosis import Diagnosis
from deployments.engine import pipeline
from deployments.engine.exceptions import (
    CancelRequested,
    CommandFailed,
    EngineError,
    LeaseLost,
    ShuttingDown,
    VerifyFailed,
)
from deployments.engine.redaction import MASK, Redactor
from deployments.engine.remains import Remains
from deployments.lifecycle import Claim
from deployments.models import Deployment, Release, Status
from deployments.runner import plans
from deployments.runner.lease import Lease
from deployments.runner.recorder import Recorder
from deployments.runner.shutdown import shutdown
from oec.database import AWAY, advice
from oec.disk import is_full
from projects import permissions
from projects.secrets import DecryptFailed

logger = logging.getLogger(__name__)

#: Where a tool names a module, a user or a host, the rules look for a word.
MASK_AS_WORD = "oec0masked"
WORKER = f"{socket.gethostname()}:{os.getpid()}"


def run(deployment_id: UUID) -> None:
    """Run this deployment, unless it is not waiting or somebody else has it.

    Returns when the row has reached its end, is no longer ours, or cannot be claimed.
    """
    if shutdown.has_begun:
        return
    try:
        deployment, claim = _claim(deployment_id)
    except AWAY as error:
        # The row still waits, and the dispatcher rings again.
        logger.warning("%s still waits. %s (%s)", deployment_id, advice(error), error)
        return
    if deployment and claim:
        with Lease(claim) as lease:
            _run_to_the_end(deployment, lease)


def _claim(deployment_id: UUID) -> tuple[Deployment | None, Claim | None]:
    deployment = (
        Deployment.objects.with_details()
        .filter(pk=deployment_id, status=Status.PENDING)
        .first()
    )
    if deployment is None:
        return None, None
    if obstacle := _obstacle(deployment):
        lifecycle.refuse(deployment_id, obstacle)
        return deployment, None
    return deployment, lifecycle.claim(deployment_id, worker=WORKER)


def _obstacle(deployment: Deployment) -> Diagnosis | None:
    """What has changed since it was accepted, so that it may not start."""
    if not deployment.environment.is_enabled or not deployment.server.is_enabled:
        off = deployment.server if deployment.environment.is_enabled else None
        name = str(off or deployment.environment)
        return diagnosis.failure("target_unavailable", detail=f"{name} is disabled")
    if not permissions.can_deploy(deployment.triggered_by, deployment.project):
        return diagnosis.failure(
            "permission_revoked", username=deployment.triggered_by.display_name
        )
    return None


def _run_to_the_end(deployment: Deployment, lease: Lease) -> None:
    try:
        finish = _execute(deployment, lease)
        lease.persist(finish)
    except LeaseLost:
        logger.warning("Lost the lease of %s; its row is not ours.", deployment)


def _execute(deployment: Deployment, lease: Lease) -> Callable[[], bool]:
    """Run the pipeline; returns the transition that says how it went."""
    claim = lease.claim
    redactor = Redactor(())
    recorder = Recorder(lease, redactor)
    remains = Remains()
    try:
        redactor = Redactor(lease.persist(lambda: plans.secrets_of(deployment)))
        recorder = Recorder(lease, redactor)
        pipeline.execute(_engine_run(deployment, lease, recorder, remains))
    except LeaseLost:
        raise
    except CancelRequested:
        _end_step(recorder, "cancelled")
        rest = recorder.rest()
        return lambda: lifecycle.cancel(claim, rest, remains)
    except Exception as error:  # noqa: BLE001 - the one edge where a run ends
        failure = _diagnose(error, recorder, redactor)
        if remains.remark:
            recorder.note(remains.remark)
        _end_step(recorder, "failed")
        rest = recorder.rest()
        return lambda: lifecycle.fail(claim, failure, rest, remains)
    rest = recorder.rest()
    return lambda: lifecycle.succeed(claim, rest, remains)


def _diagnose(error: Exception, recorder: Recorder, redactor: Redactor) -> Diagnosis:
    """Masked before anything is picked out or shortened: a part of a secret would no
    longer be recognized.
    """
    match error:
        case EngineError():
            facts = {
                name: redactor.mask(fact) if isinstance(fact, str) else fact
                for name, fact in error.facts.items()
            }
            failure = diagnosis.failure(error.code, **{"step": recorder.step, **facts})
            return _by_words(failure, error, recorder, redactor)
        case CommandFailed():
            output = redactor.mask(error.output).replace(MASK, MASK_AS_WORD)
            if isinstance(error, VerifyFailed):
                failure = diagnosis.diagnose_verification(error.exit_code, output)
            else:
                failure = diagnosis.diagnose(recorder.step, error.exit_code, output)
            return _by_words(failure, error, recorder, redactor)
        case ShuttingDown():
            return diagnosis.failure("worker_shutdown")
        case DecryptFailed():
            return diagnosis.failure("decrypt_failed", detail=error.detail)
        case _ if is_full(error):
            return diagnosis.failure("console_disk_full")
        case _:
            trace = "".join(traceback.format_exception(error))
            logger.error("OEC itself failed in a run.\n%s", redactor.mask(trace))
            return diagnosis.failure("internal_error")


def _by_words(
    failure: Diagnosis,
    error: EngineError | CommandFailed,
    recorder: Recorder,
    redactor: Redactor,
) -> Diagnosis:
    words = redactor.mask(error.words).replace(MASK, MASK_AS_WORD)
    return _with_masks(diagnosis.with_words(failure, recorder.step, words))


def _with_masks(failure: Diagnosis) -> Diagnosis:
    return replace(
        failure,
        message=failure.message.replace(MASK_AS_WORD, MASK),
        evidence=failure.evidence.replace(MASK_AS_WORD, MASK),
    )


def _end_step(recorder: Recorder, state: str) -> None:
    if recorder.step:
        recorder.step_finished(recorder.step, state)


def _engine_run(
    deployment: Deployment, lease: Lease, recorder: Recorder, remains: Remains
) -> pipeline.Run:
    release_id = deployment.release_id

    def checkpoint() -> None:
        recorder.tick()
        lease.check()

    def resolved(commit: str, message: str) -> None:
        lease.persist(
            lambda: Release.objects.resolve(
                release_id, git_commit=commit, git_message=message
            )
        )

    def image_pulled(image: str) -> None:
        lease.persist(lambda: Release.objects.pin(release_id, pulled_image=image))

    return pipeline.Run(
        plan=lease.persist(lambda: plans.plan_for(deployment)),
        log=recorder.log,
        note=recorder.note,
        checkpoint=checkpoint,
        resolved=resolved,
        image_pulled=image_pulled,
        step_started=recorder.step_started,
        step_finished=recorder.step_finished,
        container_started=recorder.container_started,
        remains=remains,
    )
