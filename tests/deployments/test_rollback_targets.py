"""Where a rollback can go, said alike by service, page, API and administration."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from deployments import services
from deployments.exceptions import NoRollbackTarget
from deployments.models import Deployment, Status, Trigger
from projects.models import Environment, User
from tests import factories
from tests.administration import enter_as_superuser
from tests.api import Api
from tests.deployments.choosing import choose, confirm
from tests.factories import make_deployment
from tests.pages import queries_of, read, signed_in

ALL_LEFT = "was rolled back from. Choose the one to go to all the same"


@pytest.fixture
def deploy(environment: Environment, alice: User) -> Callable[[], Deployment]:
    """A success of a new release, which is live then."""
    return lambda: make_deployment(environment, by=alice, status=Status.SUCCESS)


@pytest.fixture
def go_back(environment: Environment, alice: User) -> Callable[..., Deployment]:
    """A rollback that succeeds, so many minutes after what it leaves."""

    def run(left: Deployment, to: Deployment, *, minutes: int = 9) -> Deployment:
        assert left.completed_at
        return make_deployment(
            environment,
            by=alice,
            status=Status.SUCCESS,
            release=to.release,
            trigger=Trigger.ROLLBACK,
            rollback_from=left,
            completed_at=left.completed_at + timedelta(minutes=minutes),
        )

    return run


def url_of(deployment: Deployment) -> str:
    return f"/deployments/{deployment.pk}/rollback"


def targets_of(current: Deployment) -> list[Deployment]:
    return list(services.rollback_targets(current))


# --- What is a target ----------------------------------------------------------------


def test_targets_are_the_newest_success_of_each_release_that_is_not_live(
    environment: Environment, deploy: Callable[[], Deployment], alice: User
) -> None:
    first, second = deploy(), deploy()
    make_deployment(environment, by=alice)
    make_deployment(environment, by=alice, status=Status.CANCELLED)
    again = make_deployment(
        environment, by=alice, status=Status.SUCCESS, release=first.release
    )
    live = deploy()
    assert targets_of(live) == [again, second]


def test_what_came_back_to_life_later_is_a_target_of_what_it_took_the_place_of(
    environment: Environment,
    deploy: Callable[[], Deployment],
    go_back: Callable[..., Deployment],
    alice: User,
) -> None:
    first, second = deploy(), deploy()
    back = go_back(second, first)
    live = deploy()
    assert targets_of(second) == targets_of(live) == [back, second]
    action = services.Situation.of([second], alice).actions(second)["rollback"]
    assert action.allowed


def test_other_environments_give_no_target(
    environment: Environment,
    deploy: Callable[[], Deployment],
    alice: User,
    dora: User,
) -> None:
    staging = factories.make_environment(
        environment.project, environment.server, by=dora, name="staging"
    )
    make_deployment(staging, by=alice, status=Status.SUCCESS)
    assert targets_of(deploy()) == []


def test_a_release_that_is_live_again_is_refused_when_it_is_named(
    deploy: Callable[[], Deployment], go_back: Callable[..., Deployment], alice: User
) -> None:
    first, second = deploy(), deploy()
    live = go_back(second, first)
    for named in (first, live):
        answer = Api(alice).post(f"{url_of(live)}", {"to": str(named.pk)})
        assert answer.status_code == 400
        assert answer.json()["code"] == "no_rollback_target"
        assert (
            f"The release of v{named.version} is the one that is live"
            in (answer.json()["detail"])
        )


# --- What was rolled back from -------------------------------------------------------


def test_the_version_one_fled_from_is_told_and_not_preselected(
    deploy: Callable[[], Deployment], go_back: Callable[..., Deployment], alice: User
) -> None:
    fourth, fifth, sixth = deploy(), deploy(), deploy()
    live = go_back(sixth, fifth)
    page = read(signed_in(alice), url_of(live))
    assert page.fields["to"] == str(fourth.pk)
    assert "rolled back from after 9 min" in page.text
    assert page.text.count("rolled back from") == 1
    assert page.html.count('type="radio"') == 2
    assert "in place of v4?" in page.text
    new = Api(alice).post(url_of(live)).json()
    assert Deployment.objects.get(pk=new["id"]).release == fourth.release


def test_it_can_be_chosen_all_the_same(
    deploy: Callable[[], Deployment], go_back: Callable[..., Deployment], alice: User
) -> None:
    first, second = deploy(), deploy()
    live = go_back(second, first)
    new = Api(alice).post(url_of(live), {"to": str(second.pk)}).json()
    assert Deployment.objects.get(pk=new["id"]).release == second.release


def test_where_all_were_rolled_back_from_somebody_has_to_choose(
    deploy: Callable[[], Deployment], go_back: Callable[..., Deployment], alice: User
) -> None:
    first, second = deploy(), deploy()
    live = go_back(second, first)
    answer = Api(alice).post(url_of(live))
    assert answer.status_code == 400
    assert answer.json()["code"] == "no_rollback_target"
    assert ALL_LEFT in answer.json()["detail"]

    action = Api(alice).get(f"/deployments/{live.pk}").json()["actions"]["rollback"]
    assert action["allowed"]
    assert [warning["code"] for warning in action["warnings"]] == ["choice_needed"]

    page = read(signed_in(alice), url_of(live))
    assert ALL_LEFT in page.text
    assert page.html.count('type="radio"') == 1
    assert "checked" not in page.html


@pytest.mark.ignore_template_errors
def test_the_administration_refuses_where_somebody_has_to_choose(
    deploy: Callable[[], Deployment],
    go_back: Callable[..., Deployment],
    dora: User,
) -> None:
    first, second = deploy(), deploy()
    live = go_back(second, first)
    door = enter_as_superuser(dora)
    page = choose(door, "roll_back", [live])
    assert ALL_LEFT in page.text
    confirm(door, "rollback", page)
    assert Deployment.objects.count() == 3


def test_a_retry_of_a_rollback_counts_as_one(
    environment: Environment, deploy: Callable[[], Deployment], alice: User
) -> None:
    first, second = deploy(), deploy()
    failed = make_deployment(
        environment,
        by=alice,
        release=first.release,
        trigger=Trigger.ROLLBACK,
        rollback_from=second,
    )
    live = make_deployment(
        environment, by=alice, status=Status.SUCCESS, retry_of=failed
    )
    (target,) = services.rollback_targets(live)
    assert (target, target.left_at) == (second, live.completed_at)


def test_what_made_way_for_a_newer_one_was_not_rolled_back_from(
    environment: Environment,
    deploy: Callable[[], Deployment],
    go_back: Callable[..., Deployment],
    alice: User,
) -> None:
    first, second = deploy(), deploy()
    back = go_back(second, first)
    forth = make_deployment(
        environment, by=alice, status=Status.SUCCESS, release=second.release
    )
    live = deploy()
    assert [(row, row.left_at) for row in services.rollback_targets(live)] == [
        (forth, None),
        (back, None),
    ]


# --- What can be left ----------------------------------------------------------------


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
def test_what_never_went_live_is_nothing_to_leave(
    environment: Environment,
    deploy: Callable[[], Deployment],
    alice: User,
    status: Status,
) -> None:
    first = deploy()
    deploy()
    current = make_deployment(environment, by=alice, status=status)
    sentence = "Nothing to leave: v3 never went live."
    client = signed_in(alice)
    page = read(client, f"/deployments/{current.pk}")
    assert "Roll back" in page.disabled_buttons
    assert sentence in page.text

    page = read(client, url_of(current))
    assert sentence in page.text
    assert 'type="radio"' not in page.html

    for body in ({}, {"to": str(first.pk)}):
        answer = Api(alice).post(url_of(current), body)
        assert answer.status_code == 400
        assert answer.json()["code"] == "no_rollback_target"
        assert answer.json()["detail"] == sentence


@pytest.mark.ignore_template_errors
def test_the_administration_says_that_there_is_nothing_to_leave(
    environment: Environment,
    deploy: Callable[[], Deployment],
    alice: User,
    dora: User,
) -> None:
    deploy()
    failed = make_deployment(environment, by=alice)
    page = choose(enter_as_superuser(dora), "roll_back", [failed])
    assert "Nothing to leave: v2 never went live." in page.text


def test_the_live_one_is_marked_and_cannot_be_chosen(
    deploy: Callable[[], Deployment], alice: User
) -> None:
    deploy()
    live = deploy()
    page = read(signed_in(alice), url_of(live))
    assert '<span class="tag">live</span>' in page.html
    assert f'value="{live.pk}"' not in page.html


def test_who_leaves_what_is_live_no_more_is_told_what_is(
    deploy: Callable[[], Deployment], alice: User
) -> None:
    first, second, live = deploy(), deploy(), deploy()
    page = read(signed_in(alice), url_of(first))
    assert "A rollback takes the place of v3, not of v1." in page.text
    assert "in place of v3?" in page.text
    assert page.fields["to"] == str(second.pk)
    assert targets_of(first) == targets_of(live)


def test_nothing_counts_but_what_is_live_when_it_is_asked_for(
    environment: Environment, deploy: Callable[[], Deployment], alice: User
) -> None:
    first, second = deploy(), deploy()
    read_before = Deployment.objects.select_related("environment__live").get(
        pk=second.pk
    )
    make_deployment(environment, by=alice, status=Status.SUCCESS, release=first.release)
    with pytest.raises(NoRollbackTarget, match="is the one that is live"):
        services.rollback(read_before, by=alice, to=first)


def test_a_long_history_takes_no_more_queries(
    environment: Environment,
    deploy: Callable[[], Deployment],
    go_back: Callable[..., Deployment],
    alice: User,
) -> None:
    first, second = deploy(), deploy()
    live = go_back(second, first)
    client = signed_in(alice)
    few = queries_of(client, url_of(live))
    for _ in range(5):
        live = go_back(deploy(), live)
    assert queries_of(client, url_of(live)) == few
