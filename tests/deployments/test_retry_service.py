"""Retry as every door calls it: who may, what it keeps, what it writes."""

import errno
from collections.abc import Callable
from datetime import timedelta
from typing import Any
from uuid import UUID

import kombu.exceptions
import pytest
from django.db import transaction
from django.utils import timezone

from deployments import tasks
from deployments.models import Deployment, Event, Release, Status, Trigger
from deployments.services import retry
from projects import services as project_services
from projects.models import AuditEntry, Environment, User
from projects.permissions import DeployPermissionMissing
from tests import factories
from tests.deployments.rows import written
from tests.factories import make_deployment, make_release

pytestmark = pytest.mark.both_back_ends

# Each column of a deployment is kept by a retry, links it to what it repeats, says who
# asks for it now, or starts again as in any new row. A new column needs a decision.
KEPT = {"project", "environment", "server", "release"}
LINKED = {"retry_of", "root", "attempt"}
ASKED = {"id", "version", "trigger", "triggered_by", "reason", "created_at", "status"}
RESET: dict[str, Any] = {
    "step": "build",
    "started_at": timezone.now(),
    "completed_at": timezone.now(),
    "error_code": "disk_full",
    "error_message": "The disk is full.",
    "error_class": "external",
    "error_evidence": "No space left on device",
    "error_probe": "disk",
    "advised_verb": "retry",
    "container_id": "4f5e6d",
    "remote_outcome": "unknown",
    "still_running": "pid 7 of user bob",
    "serving": "old",
    "serving_since": timezone.now(),
    "log_compressed_at": timezone.now(),
    "log_pruned_at": timezone.now(),
    "events_pruned_at": timezone.now(),
    "rollback_from": None,  # replaced below: it needs a row to point to
    "epoch": 3,
    "worker": "worker-1",
    "lease_until": timezone.now(),
    "cancel_requested_at": timezone.now(),
    "cancel_requested_by": None,  # replaced below
    "rung_at": timezone.now(),
    "last_seq": 17,
}


@pytest.fixture
def failed(environment: Environment, alice: User) -> Deployment:
    return make_deployment(environment, by=alice)


def row_of(deployment: Deployment) -> dict[str, Any]:
    return dict(Deployment.objects.filter(pk=deployment.pk).values().get())


# --- Who may -------------------------------------------------------------------------


@pytest.mark.parametrize("role", ["admin", "developer"])
def test_a_role_in_the_project_alone_is_enough(
    role: str, failed: Deployment, charlie: User, dora: User
) -> None:
    project_services.set_project_member(
        failed.project, user=charlie, role=role, by=dora
    )
    assert retry(failed, by=User.objects.get(pk=charlie.pk)).triggered_by == charlie


def test_a_viewer_of_the_project_may_not(
    failed: Deployment, charlie: User, dora: User
) -> None:
    project_services.set_project_member(
        failed.project, user=charlie, role="viewer", by=dora
    )
    with pytest.raises(DeployPermissionMissing):
        retry(failed, by=User.objects.get(pk=charlie.pk))


def test_a_stranger_may_not(failed: Deployment, charlie: User) -> None:
    with pytest.raises(DeployPermissionMissing):
        retry(failed, by=charlie)


# --- What it keeps and what is fresh -------------------------------------------------


def test_every_column_of_a_deployment_has_its_place() -> None:
    columns = [field.name for field in Deployment._meta.concrete_fields]
    assert sorted(columns) == sorted([*KEPT, *LINKED, *ASKED, *RESET])


def test_a_retry_keeps_what_goes_where_and_forgets_how_it_went(
    environment: Environment, alice: User, dora: User
) -> None:
    earlier = make_deployment(environment, by=dora, status=Status.SUCCESS)
    traces = {**RESET, "rollback_from": earlier, "cancel_requested_by": dora}
    assert all(traces.values())
    failed = make_deployment(environment, by=dora, trigger=Trigger.ROLLBACK, **traces)

    fresh = retry(failed, by=alice)

    for name in KEPT:
        assert getattr(fresh, name) == getattr(failed, name), name
    # The first event has been written, and the bell not yet rung: nothing committed.
    blank = {"last_seq": 1}
    for name in RESET:
        field: Any = Deployment._meta.get_field(name)
        assert getattr(fresh, name) == blank.get(name, field.get_default()), name
    assert fresh.pk != failed.pk
    assert fresh.version == failed.version + 1
    assert (fresh.status, fresh.trigger) == (Status.PENDING, Trigger.MANUAL)
    assert (fresh.triggered_by, fresh.reason) == (alice, "")
    assert abs(fresh.created_at - timezone.now()) < timedelta(minutes=1)


def test_the_failed_deployment_and_its_release_do_not_change(
    failed: Deployment, alice: User
) -> None:
    release = Release.objects.filter(pk=failed.release_id).values().get()
    before = row_of(failed)
    retry(failed, by=alice, reason="Freed space on the disk.")
    assert row_of(failed) == before
    assert Release.objects.filter(pk=failed.release_id).values().get() == release
    assert Release.objects.count() == 1


def test_a_retry_goes_to_the_server_that_failed_even_if_the_environment_moved(
    failed: Deployment, environment: Environment, alice: User, dora: User
) -> None:
    other = factories.make_server(
        environment.project.organization, by=dora, name="web-2"
    )
    project_services.change_environment(environment, by=dora, server=other)
    fresh = retry(Deployment.objects.get(pk=failed.pk), by=alice)
    assert fresh.server == failed.server


def test_a_retry_uses_the_configuration_that_failed_even_if_it_changed(
    failed: Deployment, environment: Environment, alice: User, dora: User
) -> None:
    project_services.change_environment(environment, by=dora, build_command="make all")
    project_services.set_variable(environment, name="NEW", value="value", by=dora)
    fresh = retry(failed, by=alice)
    assert fresh.release.configuration["build_command"] == "make build"
    assert fresh.release.config_digest == failed.release.config_digest


def test_a_release_that_was_never_resolved_can_be_retried(
    environment: Environment, alice: User
) -> None:
    unresolved = make_release(environment, git_commit="", git_message="")
    failed = make_deployment(environment, by=alice, release=unresolved)
    assert retry(failed, by=alice).release == unresolved


# --- How attempts are linked ---------------------------------------------------------


def test_attempts_form_one_chain_with_one_root(failed: Deployment, alice: User) -> None:
    second = fail(retry(failed, by=alice))
    third = fail(retry(second, by=alice))
    again = retry(failed, by=alice)

    chain = Deployment.objects.filter(root=failed).order_by("attempt")
    assert [(row.attempt, row.retry_of_id, row.release_id) for row in chain] == [
        (1, None, failed.release_id),
        (2, failed.pk, failed.release_id),
        (3, second.pk, failed.release_id),
        (4, failed.pk, failed.release_id),
    ]
    assert [row.version for row in (failed, second, third, again)] == [1, 2, 3, 4]


def fail(deployment: Deployment) -> Deployment:
    Deployment.objects.filter(pk=deployment.pk).update(
        status=Status.FAILED, completed_at=timezone.now()
    )
    return Deployment.objects.get(pk=deployment.pk)


# --- What it writes beside the row ---------------------------------------------------


def test_the_first_event_says_that_it_waits_and_why(
    failed: Deployment, alice: User
) -> None:
    fresh = retry(failed, by=alice, reason="Freed space on the disk.")
    event = Event.objects.get(deployment=fresh)
    assert (event.seq, event.kind, event.state) == (1, "status", "pending")
    assert event.text == "Freed space on the disk."


def test_the_audit_trail_says_who_retried_what_from_where_and_why(
    failed: Deployment, alice: User
) -> None:
    fresh = retry(
        failed, by=alice, reason="Freed space on the disk.", address="192.0.2.7"
    )
    entry = AuditEntry.objects.get(action="deployment.retried")
    assert entry.actor == alice
    assert (entry.object_type, entry.object_id) == ("deployment", str(fresh.pk))
    assert entry.project == failed.project
    assert entry.organization == failed.project.organization
    assert entry.address == "192.0.2.7"
    assert entry.facts == {
        "version": 2,
        "reason": "Freed space on the disk.",
        "retry_of": str(failed.pk),
    }


def test_the_bell_is_rung_after_the_commit_and_not_before(
    failed: Deployment,
    alice: User,
    rung: list[UUID],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    with django_capture_on_commit_callbacks(execute=True):
        fresh = retry(failed, by=alice)
        assert rung == []
    assert rung == [fresh.pk]


class OutageError(Exception):
    """Something outside went wrong."""


def test_a_retry_that_is_rolled_back_rings_nothing_and_leaves_nothing(
    failed: Deployment,
    alice: User,
    rung: list[UUID],
    django_capture_on_commit_callbacks: Callable[..., Any],
) -> None:
    before = written(failed.project)

    def retry_and_roll_back() -> None:
        with transaction.atomic():
            retry(failed, by=alice)
            raise OutageError

    with django_capture_on_commit_callbacks(execute=True), pytest.raises(OutageError):
        retry_and_roll_back()
    assert rung == []
    assert written(failed.project) == before


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize(
    "trouble",
    [
        kombu.exceptions.OperationalError("connection refused"),
        OSError(errno.ENOSPC, "No space left on device"),
    ],
    ids=["away", "full"],
)
def test_a_broker_that_is_down_or_full_does_not_fail_the_retry(
    trouble: Exception,
    failed: Deployment,
    alice: User,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def publish(*_: object, **__: object) -> None:
        raise trouble

    monkeypatch.setattr(tasks.run_deployment, "apply_async", publish)
    fresh = retry(failed, by=alice)
    assert row_of(fresh)["status"] == Status.PENDING
    assert "the broker cannot be reached" in caplog.text
    assert "Traceback" not in caplog.text
