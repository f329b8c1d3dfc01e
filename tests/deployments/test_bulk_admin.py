"""Bulk actions on deployments in the administration."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from deployments.admin.verbs import MOST
from deployments.models import Deployment, Status, Trigger
from projects.models import AuditEntry, Environment, Organization, User
from tests import factories
from tests.administration import (
    enter,
    enter_as_superuser,
    messages,
    signed_in,
)
from tests.deployments.choosing import LIST, another_environment, choose, confirm

pytestmark = pytest.mark.ignore_template_errors


@pytest.fixture
def door(dora: User) -> Client:
    return enter_as_superuser(dora)


@pytest.fixture
def staff_door(alice: User) -> Client:
    return enter(alice, "view_deployment")


@pytest.fixture
def failed(environment: Environment, alice: User) -> Deployment:
    return factories.make_deployment(environment, by=alice)


@pytest.fixture
def elsewhere(organization: Organization, dora: User) -> Environment:
    return another_environment(organization, dora, "Blog")


def test_a_mixed_selection_is_retried_where_possible_and_the_rest_explained(
    door: Client,
    organization: Organization,
    environment: Environment,
    elsewhere: Environment,
    failed: Deployment,
    alice: User,
    dora: User,
) -> None:
    busy = another_environment(organization, dora, "Wiki")
    also_failed = factories.make_deployment(elsewhere, by=alice)
    success = factories.make_deployment(environment, by=alice, status=Status.SUCCESS)
    blocked = factories.make_deployment(busy, by=alice)
    active = factories.make_deployment(busy, by=alice, status=Status.RUNNING)
    before = set(Deployment.objects.values_list("pk", flat=True))

    page = choose(door, "retry_failed", [failed, also_failed, success, blocked])
    answer = confirm(door, "retry", page)

    made = Deployment.objects.exclude(pk__in=before)
    assert {new.retry_of for new in made} == {failed, also_failed}
    assert {new.release for new in made} == {failed.release, also_failed.release}
    assert {new.triggered_by for new in made} == {dora}
    assert {new.reason for new in made} == {"The server is back"}
    done, *refused = messages(answer)
    for new in made:
        assert f'<a href="/deployments/{new.pk}">{new}</a>' in done
    assert sorted(refused) == [
        f"{success}: Can only retry failed deployments",
        f"{blocked}: A deployment is already in progress for this project",
    ]
    assert active.status == Status.RUNNING
    entries = AuditEntry.objects.filter(action="deployment.retried")
    assert {entry.facts["retry_of"] for entry in entries} == {
        str(failed.pk),
        str(also_failed.pk),
    }
    assert {entry.address for entry in entries} == {"127.0.0.1"}


def test_choosing_rows_asks_first_and_changes_nothing(
    door: Client, failed: Deployment
) -> None:
    page = choose(door, "retry_failed", [failed])
    assert page.status_code == 200
    assert Deployment.objects.count() == 1
    for text in (
        str(failed),
        failed.release.short_commit,
        failed.release.git_branch,
        failed.release.config_digest[:12],
        failed.error_message,
        "Recommended: Retry",
        "with the same code and configuration?",
    ):
        assert text in page.text


@pytest.mark.parametrize("verb", ["retry", "redeploy", "rollback", "cancel"])
def test_a_verb_is_never_performed_by_get(
    door: Client, failed: Deployment, verb: str
) -> None:
    query = {"deployments": str(failed.pk), "key": str(uuid4())}
    assert door.get(f"{LIST}{verb}/", query).status_code == 405
    assert Deployment.objects.count() == 1


def test_the_confirmation_says_what_will_be_refused_and_why(
    door: Client, environment: Environment, failed: Deployment, alice: User
) -> None:
    success = factories.make_deployment(environment, by=alice, status=Status.SUCCESS)
    page = choose(door, "retry_failed", [failed, success])
    refusals = {
        prospect.deployment: prospect.refusal for prospect in page.context["prospects"]
    }
    assert refusals == {failed: "", success: "Can only retry failed deployments"}
    assert "has succeeded since" in page.text
    assert "older commit" not in page.text


def test_of_two_failures_of_one_project_the_newest_is_retried(
    door: Client, environment: Environment, failed: Deployment, alice: User
) -> None:
    newer = factories.make_deployment(environment, by=alice)
    page = choose(door, "retry_failed", [failed, newer])
    assert "comes first in this selection" in page.text
    answer = confirm(door, "retry", page)
    assert Deployment.objects.get(version=3).retry_of == newer
    assert messages(answer)[1] == (
        f"{failed}: A deployment is already in progress for this project"
    )


def test_sending_the_confirmation_twice_acts_once(
    door: Client, failed: Deployment
) -> None:
    page = choose(door, "retry_failed", [failed])
    first = confirm(door, "retry", page)
    second = confirm(door, "retry", page)
    assert Deployment.objects.count() == 2
    assert messages(first)[0] == messages(second)[0]


def test_a_key_used_for_another_reason_is_refused(
    door: Client, failed: Deployment
) -> None:
    page = choose(door, "retry_failed", [failed])
    confirm(door, "retry", page)
    answer = confirm(door, "retry", page, reason="Something else")
    assert "This Idempotency-Key was used for another request." in messages(answer)[-1]
    assert Deployment.objects.count() == 2


def test_staff_who_may_only_look_are_refused_by_a_sentence(
    failed: Deployment, bob: User
) -> None:
    door = enter(bob, "view_deployment")
    page = choose(door, "retry_failed", [failed])
    assert "You don&#x27;t have permission to deploy" in page.text
    answer = confirm(door, "retry", page)
    assert messages(answer) == [f"{failed}: You don't have permission to deploy"]
    assert Deployment.objects.count() == 1


def test_staff_who_deploy_retry_from_the_administration(
    staff_door: Client, failed: Deployment, alice: User
) -> None:
    page = choose(staff_door, "retry_failed", [failed])
    confirm(staff_door, "retry", page)
    assert failed.retries.get().triggered_by == alice


def test_a_stranger_on_the_staff_cannot_even_choose_the_row(
    failed: Deployment, charlie: User
) -> None:
    door = enter(charlie, "view_deployment")
    choose(door, "retry_failed", [failed])
    answer = door.post(f"{LIST}retry/", {"deployments": failed.pk, "key": uuid4()})
    assert "The selection is not valid any more." in messages(answer)[-1]
    assert Deployment.objects.count() == 1


@pytest.mark.parametrize("permissions", [(), ("view_project",)])
def test_without_the_model_permission_no_verb_is_there(
    failed: Deployment, alice: User, permissions: tuple[str, ...]
) -> None:
    door = enter(alice, *permissions)
    answer = door.post(f"{LIST}retry/", {"deployments": failed.pk, "key": uuid4()})
    assert answer.status_code == 403
    assert choose(door, "retry_failed", [failed]).status_code == 403
    assert Deployment.objects.count() == 1


def test_people_who_are_not_staff_are_sent_away(
    failed: Deployment, alice: User
) -> None:
    door = signed_in(alice)
    answer = door.post(f"{LIST}retry/", {"deployments": failed.pk, "key": uuid4()})
    assert answer.status_code == 302
    assert Deployment.objects.count() == 1


def test_a_form_without_the_csrf_token_is_refused(
    dora: User, failed: Deployment
) -> None:
    enter_as_superuser(dora)
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(dora)
    answer = strict.post(f"{LIST}retry/", {"deployments": failed.pk, "key": uuid4()})
    assert answer.status_code == 403
    assert Deployment.objects.count() == 1


@pytest.mark.parametrize(
    "wrong", [{"key": "x"}, {"deployments": "x"}, {"deployments": [uuid4()]}]
)
def test_a_form_that_was_tampered_with_changes_nothing(
    door: Client, failed: Deployment, wrong: dict[str, Any]
) -> None:
    page = choose(door, "retry_failed", [failed])
    answer = confirm(door, "retry", page, **wrong)
    assert answer.status_code == 302
    assert "Nothing was changed" in messages(answer)[0]
    assert Deployment.objects.count() == 1


def test_a_reason_that_is_too_long_is_asked_for_again(
    door: Client, failed: Deployment
) -> None:
    page = choose(door, "retry_failed", [failed])
    again = confirm(door, "retry", page, reason="x" * 501)
    assert again.status_code == 200
    assert "at most 500 characters" in again.text
    confirm(door, "retry", again)
    assert Deployment.objects.count() == 2


def test_more_rows_than_anybody_reads_are_not_taken(
    door: Client, environment: Environment, failed: Deployment, alice: User
) -> None:
    many = [failed] + [
        factories.make_deployment(environment, by=alice, release=failed.release)
        for _ in range(MOST)
    ]
    answer = choose(door, "retry_failed", many)
    assert f"Choose at most {MOST} deployments" in messages(answer)[0]


def test_redeploy_takes_the_head_of_the_branch(
    door: Client, environment: Environment, alice: User, dora: User
) -> None:
    success = factories.make_deployment(environment, by=alice, status=Status.SUCCESS)
    page = choose(door, "redeploy", [success])
    assert "The head of main with today&#x27;s configuration" in page.text
    confirm(door, "redeploy", page)
    new = Deployment.objects.get(version=2)
    assert new.release != success.release
    assert new.release.git_commit == ""


def test_rolling_back_says_where_it_goes_and_goes_there(
    door: Client, environment: Environment, failed: Deployment, alice: User
) -> None:
    older = factories.make_release(environment, git_commit="a" * 40)
    first = factories.make_deployment(
        environment, by=alice, status=Status.SUCCESS, release=older
    )
    assert "There is no earlier success" in choose(door, "roll_back", [first]).text
    newest = factories.make_deployment(environment, by=alice, status=Status.SUCCESS)
    page = choose(door, "roll_back", [failed, newest])
    assert f"Back to v2: {older}" in page.text
    assert "Nothing to leave: v1 never went live." in page.text
    confirm(door, "rollback", page)
    new = Deployment.objects.get(version=4)
    assert (new.release, new.trigger) == (older, Trigger.ROLLBACK)


def test_cancelling_ends_what_waits_and_asks_what_runs(
    door: Client,
    environment: Environment,
    elsewhere: Environment,
    failed: Deployment,
    alice: User,
    dora: User,
) -> None:
    waiting = factories.make_deployment(environment, by=alice, status=Status.PENDING)
    running = factories.make_deployment(elsewhere, by=alice, status=Status.RUNNING)
    page = choose(door, "cancel", [waiting, running, failed])
    answer = confirm(door, "cancel", page)
    waiting.refresh_from_db()
    running.refresh_from_db()
    assert waiting.status == Status.CANCELLED
    assert running.cancel_requested_by == dora
    assert messages(answer)[1:] == [f"{failed}: v1 has already ended: failed."]


def test_rows_with_markup_stay_text(
    door: Client, organization: Organization, dora: User
) -> None:
    markup = "<script>alert(1)</script>"
    environment = another_environment(organization, dora, markup)
    release = factories.make_release(environment, git_message=markup)
    failed = factories.make_deployment(
        environment, by=dora, release=release, error_message=markup
    )
    page = choose(door, "retry_failed", [failed])
    answer = confirm(door, "retry", page)
    for text in (page.text, door.get(LIST).text, *messages(answer)):
        assert "<script>alert" not in text
        assert "&lt;script&gt;alert" in text
