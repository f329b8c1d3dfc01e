"""Deployments and what belongs to them, as the administration shows them."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

import oec.admin
from deployments import events
from deployments.admin import deployments as deployments_page
from deployments.models import Beat, Deployment, Event, Release, Status
from projects.models import AuditEntry, Environment, OrganizationRole, User
from projects.services import set_member
from tests import factories
from tests.administration import (
    adding,
    enter,
    enter_as_superuser,
    list_of,
    messages,
    page_of,
    queries_of,
)

pytestmark = pytest.mark.ignore_template_errors

MARKUP = '"><img src=x onerror=alert(1)>'


@pytest.fixture
def door(dora: User) -> Client:
    return enter_as_superuser(dora)


@pytest.fixture
def failed(environment: Environment, alice: User) -> Deployment:
    deployment = factories.make_deployment(environment, by=alice)
    events.append(
        deployment.pk,
        [
            events.status_change(Status.RUNNING),
            events.step_change("connect", "running"),
            events.output("connect", "Connecting to web-1"),
        ],
    )
    return deployment


@pytest.fixture
def cancelling(environment: Environment, alice: User) -> Deployment:
    return factories.make_deployment(
        environment,
        by=alice,
        status=Status.RUNNING,
        cancel_requested_at=timezone.now(),
        cancel_requested_by=alice,
    )


def rows_of(door: Client, query: str = "") -> list[Any]:
    return list(door.get(list_of(Deployment) + query).context["cl"].result_list)


def force_of(deployment: Deployment) -> str:
    return page_of(deployment).replace("/change/", "/force-finish/")


def test_nothing_that_history_is_made_of_can_be_changed(
    door: Client, failed: Deployment
) -> None:
    beat = Beat.objects.create(kind="worker", name="here 1", seen_at=timezone.now())
    for row in (failed, failed.release, failed.events.all()[0], beat):
        url = page_of(row)
        page = door.get(url)
        assert page.status_code == 200
        assert 'name="_save"' not in page.text
        assert door.get(adding(type(row))).status_code == 403
        assert door.post(adding(type(row)), {}).status_code == 403
        assert door.post(url, {"status": "success"}).status_code == 403
        delete = url.replace("/change/", "/delete/")
        assert door.post(delete, {"post": "yes"}).status_code == 403
        assert "delete_selected" not in door.get(list_of(type(row))).text
    assert Deployment.objects.get().status == Status.FAILED


def test_a_deployments_page_tells_its_history_and_what_can_be_done(
    door: Client, failed: Deployment
) -> None:
    text = door.get(page_of(failed)).text
    for part in (
        "Connecting to web-1",
        failed.error_message,
        failed.release.git_commit[:12],
        "Sell more shoes",
        f'href="{failed.get_absolute_url()}"',
        f'href="{reverse("deployment-retry", args=[failed.pk])}"',
        "has already ended: failed",
    ):
        assert part in text
    assert "Finish by force" not in text


def test_the_newest_events_stand_for_a_long_history(
    door: Client, failed: Deployment, monkeypatch: Any
) -> None:
    monkeypatch.setattr(deployments_page, "NEWEST_EVENTS", 2)
    numbers = [event.seq for event in door.get(page_of(failed)).context["events"]]
    assert numbers == [3, 2]


def test_a_long_output_is_shown_by_its_beginning(
    door: Client, failed: Deployment
) -> None:
    events.append(failed.pk, [events.output("build", "begin" + "." * 60_000 + "end")])
    for url in (page_of(failed), list_of(Event)):
        text = door.get(url).text
        assert "begin...." in text
        assert "...end" not in text


def test_the_variables_of_a_release_stand_nowhere(
    door: Client, failed: Deployment
) -> None:
    for url in (
        *(page_of(failed), list_of(Deployment)),
        *(page_of(failed.release), list_of(Release)),
    ):
        text = door.get(url).text
        assert "s3cret-value" not in text
        assert "API_KEY" not in text
        assert "PRIVATE KEY" not in text


def test_staff_see_the_deployments_of_their_projects(
    failed: Deployment, alice: User, charlie: User
) -> None:
    models = (Deployment, Release, Event)
    looking = [f"view_{model._meta.model_name}" for model in models]
    hers, his = enter(alice, *looking), enter(charlie, *looking)
    for row in (failed, failed.release, failed.events.all()[0]):
        assert hers.get(page_of(row)).status_code == 200
        assert hers.get(list_of(type(row))).context["cl"].result_count > 0
        assert his.get(page_of(row)).status_code == 302
        assert his.get(list_of(type(row))).context["cl"].result_count == 0


def test_filters_name_no_project_of_strangers(
    failed: Deployment, alice: User, charlie: User, dora: User
) -> None:
    # One choice alone is no filter.
    factories.make_project(failed.project.organization, by=dora, name="Blog")
    hers, his = enter(alice, "view_deployment"), enter(charlie, "view_deployment")
    assert "Blog" in hers.get(list_of(Deployment)).text
    assert "Blog" not in his.get(list_of(Deployment)).text


def test_lists_leave_secrets_and_long_texts_in_the_database(
    door: Client, failed: Deployment
) -> None:
    row = rows_of(door)[0]
    assert "variables" in row.release.get_deferred_fields()
    assert "private_key" in row.server.get_deferred_fields()
    assert "git_token" in row.project.get_deferred_fields()
    for event in (
        door.get(page_of(failed)).context["events"][0],
        door.get(list_of(Event)).context["cl"].result_list[0],
    ):
        assert "text" in event.get_deferred_fields()


def test_deployments_are_found_and_filtered(
    door: Client, environment: Environment, failed: Deployment, alice: User
) -> None:
    success = factories.make_deployment(
        environment,
        by=alice,
        status=Status.SUCCESS,
        release=factories.make_release(environment, git_commit="b" * 40),
    )
    for query, expected in {
        "": [success, failed],
        "?status__exact=failed": [failed],
        f"?project__id__exact={environment.project_id}": [success, failed],
        "?trigger__exact=webhook": [],
        "?q=bbbbbb": [success],
        "?q=Shop": [success, failed],
        "?q=connect_refused": [failed],
        f"?q={failed.pk}": [failed],
        "?q=nothing": [],
    }.items():
        assert rows_of(door, query) == expected, query


@pytest.mark.parametrize(
    "query",
    ["?status__exact=x", "?project__id__exact=x", "?q=%00", "?p=-1", "?o=9.9", "?q='"],
)
def test_a_nonsense_address_is_no_error(
    door: Client, failed: Deployment, query: str
) -> None:
    assert door.get(list_of(Deployment) + query).status_code in {200, 302}
    assert door.get("/admin/deployments/deployment/x/change/").status_code == 302


@pytest.mark.parametrize("model", [Deployment, Release, Event])
@pytest.mark.parametrize("staff", ["dora", "alice"])
def test_a_list_takes_as_many_queries_for_10_rows_as_for_one(
    environment: Environment,
    failed: Deployment,
    model: Any,
    staff: str,
    request: pytest.FixtureRequest,
) -> None:
    user: User = request.getfixturevalue(staff)
    if staff == "dora":
        door = enter_as_superuser(user)
    else:
        door = enter(user, "view_deployment", "view_release", "view_event")
    few = queries_of(door, list_of(model))
    for number in range(10):
        by = factories.make_user(f"person{number}")
        made = factories.make_deployment(environment, by=by)
        events.append(made.pk, [events.status_change(Status.RUNNING)])
    assert queries_of(door, list_of(model)) == few


def test_a_deployments_page_takes_as_many_queries_with_a_long_history(
    door: Client, failed: Deployment
) -> None:
    # The first look fills what Django keeps for the whole process.
    door.get(page_of(failed))
    few = queries_of(door, page_of(failed))
    events.append(failed.pk, [events.output("build", f"{n}") for n in range(100)])
    assert queries_of(door, page_of(failed)) == few


def test_no_list_counts_further_than_people_turn_pages(
    door: Client,
    environment: Environment,
    alice: User,
    monkeypatch: Any,
    django_assert_num_queries: Any,
) -> None:
    monkeypatch.setattr(oec.admin, "COUNTED", 60)
    release = factories.make_release(environment)
    for _ in range(70):
        factories.make_deployment(environment, by=alice, release=release)
    page = door.get(list_of(Deployment))
    assert page.context["cl"].result_count == 60
    assert "No more than 60 are counted" in page.text
    assert len(rows_of(door, "?p=2")) == 10


def test_markup_in_messages_and_errors_stays_text(
    door: Client, environment: Environment, alice: User
) -> None:
    release = factories.make_release(environment, git_message=MARKUP)
    failed = factories.make_deployment(
        environment, by=alice, release=release, error_message=MARKUP, reason=MARKUP
    )
    events.append(failed.pk, [events.output("build", MARKUP)])
    for url in (
        *(page_of(failed), list_of(Deployment), list_of(Event)),
        *(page_of(release), list_of(Release), page_of(failed.events.all()[0])),
    ):
        text = door.get(url).text
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def test_our_templates_need_no_exception_from_the_content_security_policy(
    door: Client, cancelling: Deployment
) -> None:
    for url in (list_of(Deployment), page_of(cancelling), force_of(cancelling)):
        page = door.get(url)
        assert "unsafe" not in page["Content-Security-Policy"]
        assert "<style" not in page.text
        assert ' style="' not in page.text
        assert "<script>" not in page.text


def test_an_administrator_finishes_by_force_after_a_question(
    door: Client, cancelling: Deployment, dora: User
) -> None:
    assert force_of(cancelling) in door.get(page_of(cancelling)).text
    assert "Look at the server first" in door.get(force_of(cancelling)).text
    assert Deployment.objects.get().status == Status.RUNNING

    answer = door.post(force_of(cancelling), {"reason": "The worker is gone"})

    assert answer["Location"] == page_of(cancelling)
    assert "was finished by force" in messages(answer)[0]
    assert Deployment.objects.get().status == Status.CANCELLED
    entry = AuditEntry.objects.get(action="deployment.force_finished")
    assert (entry.actor, entry.facts["reason"]) == (dora, "The worker is gone")
    assert entry.address == "127.0.0.1"


def test_finishing_by_force_wants_a_reason(
    door: Client, cancelling: Deployment
) -> None:
    assert door.post(force_of(cancelling), {"reason": " "}).status_code == 200
    assert Deployment.objects.get().status == Status.RUNNING


def test_what_nobody_cancelled_is_not_finished_by_force(
    door: Client, environment: Environment, alice: User
) -> None:
    running = factories.make_deployment(environment, by=alice, status=Status.RUNNING)
    assert force_of(running) not in door.get(page_of(running)).text
    answer = door.post(force_of(running), {"reason": "Now"})
    assert messages(answer) == ["v1 is not being cancelled. Cancel it first."]
    assert Deployment.objects.get().status == Status.RUNNING


def test_staff_who_deploy_do_not_finish_by_force(
    cancelling: Deployment, alice: User
) -> None:
    door = enter(alice, "view_deployment")
    assert force_of(cancelling) not in door.get(page_of(cancelling)).text
    answer = door.post(force_of(cancelling), {"reason": "Now"})
    assert "Only an administrator of the organization" in messages(answer)[0]
    assert Deployment.objects.get().status == Status.RUNNING


def test_an_administrator_of_the_organization_finishes_by_force_as_staff(
    cancelling: Deployment, alice: User, dora: User
) -> None:
    organization = cancelling.project.organization
    set_member(organization, user=alice, role=OrganizationRole.ADMIN, by=dora)
    door = enter(alice, "view_deployment")
    door.post(force_of(cancelling), {"reason": "Now"})
    assert Deployment.objects.get().status == Status.CANCELLED


@pytest.mark.parametrize(("staff", "status_code"), [("charlie", 404), ("bob", 403)])
def test_the_page_of_force_is_hidden_like_the_deployment(
    cancelling: Deployment,
    staff: str,
    status_code: int,
    request: pytest.FixtureRequest,
) -> None:
    permissions = ["view_deployment"] if staff == "charlie" else []
    door = enter(request.getfixturevalue(staff), *permissions)
    assert door.get(force_of(cancelling)).status_code == status_code
