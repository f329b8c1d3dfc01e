"""What the page says that asks before a bulk action: what differs, in few queries."""

import pytest
from django.test import Client

from deployments.models import Deployment, Release, Status
from deployments.services.releases import freeze
from projects import services
from projects.models import Environment, Organization, User
from tests import factories
from tests.administration import (
    enter_as_superuser,
    queries_while,
)
from tests.deployments.choosing import another_environment, choose
from tests.pages import Page

pytestmark = pytest.mark.ignore_template_errors


@pytest.fixture
def door(dora: User) -> Client:
    return enter_as_superuser(dora)


@pytest.fixture
def failed(environment: Environment, alice: User) -> Deployment:
    return factories.make_deployment(environment, by=alice)


def test_the_confirmation_compares_with_what_is_live(
    door: Client, environment: Environment, alice: User, dora: User
) -> None:
    older = configured(environment, dora, commit="a", mode="slow", token="first-token")
    live = configured(environment, dora, commit="b", mode="quick", token="first-token")
    newer = configured(environment, dora, commit="c", mode="eager", token="other-token")
    for release in (older, live):
        factories.make_deployment(
            environment, by=alice, status=Status.SUCCESS, release=release
        )
    success = Deployment.objects.get(release=live)
    failed = factories.make_deployment(environment, by=alice, release=newer)
    configured(environment, dora, commit="d", mode="today", token="other-token")

    for action, row, commits, mode in (
        ("retry_failed", failed, "bbbbbbbbbbbb → cccccccccccc", "quick → eager"),
        ("redeploy", failed, "bbbbbbbbbbbb → head of main", "quick → today"),
        ("roll_back", success, "bbbbbbbbbbbb → aaaaaaaaaaaa", "quick → slow"),
    ):
        page = Page(choose(door, action, [row]))
        assert f"{commits} Configuration changed: MODE" in page.text
        assert f"MODE {mode}" in page.text
        assert ("TOKEN secret" in page.text) == (row == failed)
        assert "first-token" not in page.html
        assert "other-token" not in page.html


def configured(
    environment: Environment, dora: User, *, commit: str, mode: str, token: str
) -> Release:
    """A release with these variables, which the environment has from now on."""
    for name, value in (("MODE", mode), ("TOKEN", token)):
        services.set_variable(
            environment, name=name, value=value, is_secret=name == "TOKEN", by=dora
        )
    return freeze(Environment.objects.get(pk=environment.pk), git_commit=commit * 40)


def test_the_confirmation_says_when_nothing_is_live_yet(
    door: Client, failed: Deployment
) -> None:
    assert "Nothing is live yet." in choose(door, "retry_failed", [failed]).text


@pytest.mark.parametrize("action", ["retry_failed", "redeploy", "roll_back", "cancel"])
def test_a_confirmation_takes_as_many_queries_for_many_rows_as_for_one(
    door: Client, organization: Organization, dora: User, action: str
) -> None:
    status = Status.SUCCESS if action == "roll_back" else Status.FAILED
    rows = [
        after_a_success(organization, dora, f"p{number}", status)
        for number in range(10)
    ]
    # What a process keeps from its first page, such as content types, is no row's.
    choose(door, action, rows[:1])
    few = queries_while(lambda: choose(door, action, rows[:1]))
    assert queries_while(lambda: choose(door, action, rows)) == few


def after_a_success(
    organization: Organization, dora: User, name: str, status: Status
) -> Deployment:
    environment = another_environment(organization, dora, name)
    factories.make_deployment(environment, by=dora, status=Status.SUCCESS)
    return factories.make_deployment(environment, by=dora, status=status)
