"""POST /deployments/{id}/retry: its answers, their order, and the same key twice."""

from collections import Counter
from uuid import uuid4

import kombu.exceptions
import pytest
from django.db import OperationalError
from django.test import Client

from deployments import services, tasks
from deployments.models import Deployment, Status
from projects import services as project_services
from projects.models import Environment, OrganizationRole, User
from tests.api import Api
from tests.factories import make_deployment
from tests.races import at_once

SENTENCES = {
    Status.SUCCESS: "redeploy",
    Status.CANCELLED: "deploy",
    Status.PENDING: "cancel",
    Status.RUNNING: "cancel",
}
MEMBERS = [
    *("id", "project_id", "environment_id", "vm_id", "version", "status", "trigger"),
    *("triggered_by", "reason", "git_branch", "git_commit", "git_message"),
    *("config_digest", "created_at", "started_at", "completed_at"),
    *("waited_seconds", "duration_seconds"),
    *("error_code", "error_message", "remote_outcome", "still_running"),
    *("serving", "serving_since"),
    "container_id",
    *("rollback_from_id", "retry_of", "root", "attempt", "extra_data", "progress"),
    *("actions", "waiting", "cancel_requested_at"),
    *("log_pruned_at", "events_pruned_at"),
]


@pytest.fixture
def failed(environment: Environment, alice: User) -> Deployment:
    return make_deployment(environment, by=alice)


def path(deployment: Deployment) -> str:
    return f"/deployments/{deployment.pk}/retry"


def test_a_failed_deployment_is_retried_with_the_same_commit(
    failed: Deployment, alice: User, dora: User
) -> None:
    answer = Api(dora).post(path(failed))
    assert answer.status_code == 200
    new = answer.json()
    original = Api(dora).get(f"/deployments/{failed.pk}").json()
    same = ("project_id", "environment_id", "vm_id", "git_branch", "git_commit")
    for name in (*same, "git_message", "config_digest"):
        assert new[name] == original[name] is not None
    assert new["version"] == failed.version + 1
    assert new["status"] == "pending"
    assert new["trigger"] == "manual"
    assert new["triggered_by"] == str(dora.pk)
    assert new["extra_data"] == {"retry_of": str(failed.pk)}
    assert (new["retry_of"], new["root"], new["attempt"]) == (
        str(failed.pk),
        str(failed.pk),
        2,
    )


def test_what_belongs_to_the_failure_is_not_carried_over(
    failed: Deployment, alice: User
) -> None:
    new = Api(alice).post(path(failed)).json()
    times = ("started_at", "completed_at", "waited_seconds", "duration_seconds")
    for name in (*times, "container_id"):
        assert new[name] is None
    assert new["error_code"] is None
    assert new["error_message"] is None


def test_the_answer_has_every_member_in_its_order(
    failed: Deployment, alice: User
) -> None:
    assert list(Api(alice).post(path(failed)).json()) == MEMBERS


def test_a_reason_is_kept(failed: Deployment, alice: User) -> None:
    answer = Api(alice).post(path(failed), {"reason": "The disk has room again."})
    assert answer.json()["reason"] == "The disk has room again."


@pytest.mark.parametrize(
    ("body", "content_type"),
    [
        (b"", ""),
        (b"", "application/json"),
        (b"", "application/x-www-form-urlencoded"),
        (b"", "application/octet-stream"),
        (b"{}", "application/json"),
        (b"{}", "application/json; charset=utf-8"),
    ],
)
def test_no_body_is_required(
    body: bytes, content_type: str, failed: Deployment, alice: User
) -> None:
    answer = Api(alice).raw(path(failed), body, content_type)
    assert answer.status_code == 200
    assert answer.json()["extra_data"] == {"retry_of": str(failed.pk)}
    assert answer.json()["reason"] == ""


def test_the_failed_one_is_found_in_the_list_and_retried_by_its_id(
    failed: Deployment, alice: User
) -> None:
    api = Api(alice)
    found = api.get(f"/projects/{failed.project_id}/deployments?status=failed").json()
    (item,) = found["items"]
    answer = api.post(f"/deployments/{item['id']}/retry")
    assert answer.status_code == 200
    new = answer.json()
    assert (new["status"], new["trigger"]) == ("pending", "manual")
    assert new["version"] == item["version"] + 1
    assert (new["git_commit"], new["git_branch"]) == (
        item["git_commit"],
        item["git_branch"],
    )


def test_what_a_retry_keeps_cannot_be_set_from_outside(
    failed: Deployment, alice: User, bob: User
) -> None:
    kept = {
        "git_commit": "f" * 40,
        "environment_id": str(uuid4()),
        "status": "success",
        "triggered_by": str(bob.pk),
        "version": 99,
    }
    for name, value in kept.items():
        answer = Api(alice).post(path(failed), {name: value})
        assert answer.status_code == 400
        assert name in answer.json()["errors"]
    assert Deployment.objects.get() == failed


# --- The order of the refusals -------------------------------------------------------


def test_nobody_is_asked_to_sign_in(failed: Deployment) -> None:
    answer = Api().post(path(failed))
    assert answer.status_code == 401
    assert answer["WWW-Authenticate"].startswith("Bearer")


def test_a_strangers_answer_is_that_of_an_absent_deployment(
    failed: Deployment, charlie: User
) -> None:
    hidden = Api(charlie).post(path(failed))
    absent = Api(charlie).post(f"/deployments/{uuid4()}/retry")
    assert hidden.status_code == absent.status_code == 404
    assert hidden.content == absent.content
    assert hidden.json()["detail"] == "Deployment not found"


@pytest.mark.parametrize(
    "odd",
    [
        *("abc", "%00", "../1", "1 OR 1=1", "x" * 10_000, "{id}", "urn:uuid:1"),
        "B2C3D4E5-0000-4000-8000-000000000000",
    ],
)
def test_an_id_that_is_none_is_not_found(odd: str, alice: User) -> None:
    answer = Api(alice).post(f"/deployments/{odd}/retry")
    assert answer.status_code == 404
    assert answer["Content-Type"] == "application/problem+json"


def test_a_viewer_is_told_before_anything_about_the_state_or_the_body(
    environment: Environment, alice: User, bob: User
) -> None:
    succeeded = make_deployment(environment, by=alice, status=Status.SUCCESS)
    answer = Api(bob).raw(path(succeeded), b"{broken", "application/json")
    assert answer.status_code == 403
    assert answer.json()["detail"] == "You don't have permission to deploy"


@pytest.mark.parametrize("status", SENTENCES)
def test_only_a_failed_deployment_can_be_retried(
    status: Status, environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=status)
    answer = Api(alice).post(path(deployment))
    assert answer.status_code == 400
    told = answer.json()
    assert told["detail"] == "Can only retry failed deployments"
    assert told["code"] == "not_failed"
    assert told["status"] == 400
    assert told["deployment_status"] == status
    assert told["verb"] == SENTENCES[status]


def test_while_another_one_is_active_the_answer_names_it(
    failed: Deployment, environment: Environment, alice: User, dora: User
) -> None:
    active = make_deployment(environment, by=dora, status=Status.RUNNING)
    answer = Api(alice).post(path(failed))
    assert answer.status_code == 409
    told = answer.json()
    assert told["detail"] == "A deployment is already in progress for this project"
    assert told["active_deployment"] == {
        "id": str(active.pk),
        "version": active.version,
        "status": "running",
        "triggered_by": "dora",
        "created_at": active.created_at.isoformat(),
    }


def test_a_second_retry_while_one_waits_is_refused_with_409(
    failed: Deployment, alice: User
) -> None:
    assert Api(alice).post(path(failed)).status_code == 200
    assert Api(alice).post(path(failed)).status_code == 409


def test_a_disabled_server_advises_redeploying(
    failed: Deployment, alice: User, dora: User
) -> None:
    project_services.change_server(failed.server, by=dora, is_enabled=False)
    answer = Api(alice).post(path(failed))
    assert answer.status_code == 409
    assert answer.json()["code"] == "target_unavailable"
    assert "redeploy" in answer.json()["detail"]


@pytest.mark.parametrize("method", ["GET", "HEAD", "PUT", "PATCH", "DELETE", "TRACE"])
def test_another_method_is_not_allowed(
    method: str, failed: Deployment, alice: User
) -> None:
    client = Client(headers=bearer(alice))
    answer = client.generic(method, f"/api/v1{path(failed)}")
    assert answer.status_code == 405


def test_a_method_cannot_be_smuggled_in(failed: Deployment, alice: User) -> None:
    answer = Api(alice).get(path(failed), **{"X-HTTP-Method-Override": "POST"})
    assert answer.status_code == 405
    assert Deployment.objects.count() == 1


# --- The session instead of a token --------------------------------------------------


def test_a_page_of_another_site_cannot_press_the_button(
    failed: Deployment, alice: User
) -> None:
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    answer = client.post(f"/api/v1{path(failed)}")
    assert answer.status_code == 403
    assert answer.json()["code"] == "permission_denied"
    assert Deployment.objects.count() == 1


# --- The same key twice --------------------------------------------------------------


@pytest.mark.both_back_ends
def test_a_repeated_request_gets_the_first_answer(
    failed: Deployment, alice: User
) -> None:
    first = Api(alice).post(path(failed), **{"Idempotency-Key": "once"})
    again = Api(alice).post(path(failed), **{"Idempotency-Key": "once"})
    assert again.status_code == first.status_code == 200
    assert again.json() == first.json()
    assert Deployment.objects.count() == 2


def test_the_same_key_for_another_body_is_refused_with_422(
    failed: Deployment, alice: User
) -> None:
    Api(alice).post(path(failed), {"reason": "one"}, **{"Idempotency-Key": "once"})
    answer = Api(alice).post(
        path(failed), {"reason": "two"}, **{"Idempotency-Key": "once"}
    )
    assert answer.status_code == 422


@pytest.mark.parametrize("key", ["", "x" * 256, "a\tb", "schlüssel"])
def test_a_malformed_key_is_refused(key: str, failed: Deployment, alice: User) -> None:
    answer = Api(alice).post(path(failed), **{"Idempotency-Key": key})
    assert answer.status_code == 400
    assert Deployment.objects.count() == 1


def test_two_people_may_choose_the_same_key(
    failed: Deployment, alice: User, dora: User
) -> None:
    assert Api(alice).post(path(failed), **{"Idempotency-Key": "1"}).status_code == 200
    assert Api(dora).post(path(failed), **{"Idempotency-Key": "1"}).status_code == 409


# --- When something is away ----------------------------------------------------------


@pytest.mark.both_back_ends
def test_without_the_database_the_answer_is_503_and_says_when_to_ask_again(
    failed: Deployment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(*_: object, **__: object) -> None:
        raise OperationalError("connection refused")

    monkeypatch.setattr(services, "retry", away)
    answer = Api(alice).post(path(failed))
    assert answer.status_code == 503
    assert int(answer["Retry-After"]) > 0
    assert answer.json()["code"] == "database_unavailable"
    assert "refused" not in answer.content.decode()


def test_a_defect_of_our_own_tells_nothing_of_itself(
    failed: Deployment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("hunter2")

    monkeypatch.setattr(services, "retry", broken)
    client = Client(headers=bearer(alice), raise_request_exception=False)
    answer = client.post(f"/api/v1{path(failed)}", content_type="application/json")
    assert answer.status_code == 500
    assert answer.json()["code"] == "internal_error"
    assert b"hunter2" not in answer.content


@pytest.mark.both_back_ends
@pytest.mark.django_db(transaction=True)
def test_without_the_broker_the_retry_is_accepted_and_waits(
    failed: Deployment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def away(_: str) -> None:
        raise kombu.exceptions.OperationalError("connection refused")

    monkeypatch.setattr(tasks.run_deployment, "delay", away)
    answer = Api(alice).post(path(failed))
    assert answer.status_code == 200
    assert answer.json()["status"] == "pending"
    assert answer.json()["waiting"]["reasons"]


@pytest.mark.both_back_ends
@pytest.mark.django_db(transaction=True)
def test_of_50_clients_at_once_one_is_first(failed: Deployment, alice: User) -> None:
    api = Api(alice)
    tokens = {"Authorization": api.authorization}
    codes = at_once(50, lambda _: Api().post(path(failed), **tokens).status_code)
    assert Counter(codes) == {200: 1, 409: 49}
    assert Deployment.objects.count() == 2
    assert Deployment.objects.get(status=Status.PENDING).version == 2


def test_a_right_that_was_taken_away_is_gone_at_once(
    failed: Deployment, alice: User, dora: User
) -> None:
    project_services.set_member(
        failed.project.organization, user=alice, role=OrganizationRole.VIEWER, by=dora
    )
    assert Api(alice).post(path(failed)).status_code == 403


def bearer(user: User) -> dict[str, str]:
    return {"Authorization": Api(user).authorization}
