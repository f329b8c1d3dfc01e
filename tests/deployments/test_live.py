"""What is live is a fact on the environment's row, written with each success."""

from collections.abc import Callable

import pytest
from django.core.management import call_command

from deployments import lifecycle, live, services
from deployments.models import Deployment, Release, Status
from projects.models import Environment, User
from tests.factories import make_deployment, make_release


@pytest.fixture
def succeed(environment: Environment, alice: User) -> Callable[..., Deployment]:
    """Run a deployment of this release, or of a new one, to its success."""

    def run(release: Release | None = None) -> Deployment:
        pending = make_deployment(
            environment,
            by=alice,
            status=Status.PENDING,
            release=release or make_release(environment),
        )
        claim = lifecycle.claim(pending.pk, worker="worker-1")
        assert claim
        assert lifecycle.succeed(claim)
        return pending

    return run


def facts(environment: Environment) -> tuple[Deployment | None, Deployment | None]:
    environment.refresh_from_db()
    return environment.live, environment.previous


def test_nothing_is_live_before_the_first_success(
    environment: Environment, alice: User
) -> None:
    make_deployment(environment, by=alice, status=Status.FAILED)
    assert facts(environment) == (None, None)


def test_a_success_is_live_and_the_one_before_it_previous(
    environment: Environment, succeed: Callable[..., Deployment]
) -> None:
    first = succeed()
    assert facts(environment) == (first, None)
    second = succeed()
    assert facts(environment) == (second, first)


def test_a_rollback_and_its_rollback_change_places(
    environment: Environment, succeed: Callable[..., Deployment]
) -> None:
    first = succeed()
    second = succeed()
    back = succeed(first.release)
    assert facts(environment) == (back, second)
    forth = succeed(second.release)
    assert facts(environment) == (forth, back)


def test_the_same_release_again_leaves_the_previous_one(
    environment: Environment, succeed: Callable[..., Deployment]
) -> None:
    first = succeed()
    second = succeed()
    again = succeed(second.release)
    assert facts(environment) == (again, first)


@pytest.mark.parametrize("status", [Status.FAILED, Status.CANCELLED])
def test_what_ends_otherwise_changes_nothing(
    environment: Environment,
    alice: User,
    succeed: Callable[..., Deployment],
    status: Status,
) -> None:
    first = succeed()
    make_deployment(environment, by=alice, status=status)
    assert facts(environment) == (first, None)


def test_a_run_that_was_finished_by_force_cannot_become_live(
    environment: Environment, alice: User, dora: User
) -> None:
    pending = make_deployment(environment, by=alice, status=Status.PENDING)
    claim = lifecycle.claim(pending.pk, worker="worker-1")
    assert claim
    services.cancel(pending, by=alice)
    running = Deployment.objects.get(pk=pending.pk)
    services.force_finish(running, by=dora, reason="Its worker hangs.")
    assert not lifecycle.succeed(claim)
    assert facts(environment) == (None, None)


def test_environments_of_one_project_keep_theirs_apart(
    environment: Environment,
    alice: User,
    dora: User,
    succeed: Callable[..., Deployment],
) -> None:
    other = Environment.objects.create(
        project=environment.project, name="staging", deploy_path="/srv/staging"
    )
    other.server = environment.server
    first = succeed()
    elsewhere = make_deployment(other, by=alice, status=Status.SUCCESS)
    assert facts(environment) == (first, None)
    assert facts(other) == (elsewhere, None)


def test_it_can_be_worked_out_anew_from_history(
    environment: Environment,
    succeed: Callable[..., Deployment],
    capsys: pytest.CaptureFixture[str],
) -> None:
    succeed()
    second = succeed()
    third = succeed()
    succeed(second.release)
    right = facts(environment)
    Environment.objects.update(live=third, previous=None)

    call_command("rebuild_live")

    assert capsys.readouterr().out == "Environments corrected: 1.\n"
    assert facts(environment) == right
    assert live.rebuild() == 0
