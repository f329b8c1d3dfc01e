"""An environment knows who answered when somebody looked last; every door says it."""

from typing import Any

import pytest
from django.utils import timezone

from deployments import diagnosis, lifecycle
from deployments.engine.remains import Remains
from deployments.exceptions import NoRollbackTarget
from deployments.lifecycle import Claim
from deployments.models import Deployment, Status
from deployments.services import rollback
from projects.models import Environment, User
from tests.api import Api
from tests.factories import make_deployment, make_release
from tests.pages import read, signed_in


@pytest.fixture
def live(environment: Environment, alice: User) -> Deployment:
    success = make_deployment(environment, by=alice, status=Status.SUCCESS)
    Environment.objects.filter(pk=environment.pk).update(live=success)
    return success


def ended(environment: Environment, by: User, serving: str) -> Deployment:
    """A deployment that has failed, after which ``serving`` was seen."""
    running = make_deployment(
        environment,
        by=by,
        status=Status.RUNNING,
        release=make_release(environment, git_commit="b" * 40),
    )
    remains = Remains(serving=serving)
    failure = diagnosis.failure("health_check_failed")
    assert lifecycle.fail(Claim(running.pk, running.epoch), failure, remains=remains)
    return Deployment.objects.with_details().get(pk=running.pk)


def now(environment: Environment) -> Environment:
    return Environment.objects.get(pk=environment.pk)


@pytest.mark.parametrize(
    ("serving", "place"),
    [("old", "new"), ("new", "old"), ("none", "none"), ("unknown", "unknown")],
)
def test_what_a_failure_saw_is_told_of_the_live_version(
    environment: Environment, live: Deployment, alice: User, serving: str, place: str
) -> None:
    ended(environment, alice, serving)
    seen = now(environment)
    assert seen.serving == place
    assert seen.serving_since is not None


def test_a_failure_that_touched_nothing_says_nothing_of_it(
    environment: Environment, live: Deployment, alice: User
) -> None:
    ended(environment, alice, "none")
    before = now(environment)
    ended(environment, alice, "")
    assert now(environment).serving == "none"
    assert now(environment).serving_since == before.serving_since


def test_what_is_seen_again_keeps_the_moment_at_which_it_was_seen_first(
    environment: Environment, live: Deployment, alice: User
) -> None:
    ended(environment, alice, "none")
    first = now(environment).serving_since
    ended(environment, alice, "none")
    assert now(environment).serving_since == first


def test_a_success_ends_what_was_seen_before_it(
    environment: Environment, live: Deployment, alice: User
) -> None:
    ended(environment, alice, "none")
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    lifecycle.succeed(Claim(running.pk, running.epoch))
    seen = now(environment)
    assert (seen.serving, seen.serving_since) == ("unknown", None)


@pytest.mark.parametrize(
    ("serving", "words"),
    [("none", "nothing answers"), ("new", "another version answers")],
)
def test_the_mark_live_is_withheld_where_something_contradicts_it(
    environment: Environment,
    live: Deployment,
    alice: User,
    serving: str,
    words: str,
) -> None:
    failed = ended(environment, alice, serving)
    client = signed_in(alice)
    sentence = f"Should be live: v{live.version}; {words} since"
    for url in (
        "/",
        f"/projects/{environment.project_id}",
        f"/environments/{environment.pk}",
        f"/environments/{environment.pk}/deploy",
        f"/deployments/{failed.pk}/retry",
        f"/deployments/{failed.pk}/rollback",
    ):
        assert sentence in read(client, url).text.replace(" ;", ";"), url


@pytest.mark.parametrize("serving", ["old", "unknown"])
def test_the_mark_stays_where_nothing_contradicts_it(
    environment: Environment, live: Deployment, alice: User, serving: str
) -> None:
    ended(environment, alice, serving)
    assert "Should be live" not in read(signed_in(alice), "/").text


def test_the_api_says_who_answers_and_since_when(
    environment: Environment, live: Deployment, alice: User
) -> None:
    failed = ended(environment, alice, "none")
    api = Api(alice)
    place: dict[str, Any] = api.get(f"/environments/{environment.pk}").json()
    assert place["serving"] == "none"
    assert place["serving_since"] is not None
    deployment = api.get(f"/deployments/{failed.pk}").json()
    assert deployment["serving"] == "none"
    assert deployment["serving_since"] is not None


def test_where_nothing_answers_a_rollback_of_the_failed_one_puts_the_live_one_back(
    environment: Environment, live: Deployment, alice: User
) -> None:
    failed = ended(environment, alice, "none")

    back = rollback(failed, by=alice)

    assert back.release_id == live.release_id
    assert back.rollback_from_id == failed.pk


def test_the_live_one_may_be_named_only_where_it_does_not_answer(
    environment: Environment, live: Deployment, alice: User
) -> None:
    failed = ended(environment, alice, "old")
    with pytest.raises(NoRollbackTarget, match="never went live"):
        rollback(failed, by=alice, to=live)

    Environment.objects.filter(pk=environment.pk).update(
        serving="none", serving_since=timezone.now()
    )
    failed = Deployment.objects.with_details().get(pk=failed.pk)
    assert rollback(failed, by=alice, to=live).release_id == live.release_id
