"""The Deployments tab of an environment."""

import pytest

from deployments.models import Status
from deployments.views.environment import PAGE_SIZE
from projects.models import Environment, User
from projects.services import change_environment
from tests.factories import make_deployment
from tests.pages import queries_of, read, signed_in


def url_of(environment: Environment, query: str = "") -> str:
    return f"/environments/{environment.pk}{query}"


def test_attempts_of_one_chain_are_recognizable(
    environment: Environment, alice: User
) -> None:
    first = make_deployment(environment, by=alice)
    second = make_deployment(environment, by=alice, retry_of=first)
    make_deployment(environment, by=alice, retry_of=second)
    page = read(signed_in(alice), url_of(environment))
    assert page.links["attempt 2 of v1"] == f"/deployments/{first.pk}"
    assert page.links["attempt 3 of v1"] == f"/deployments/{first.pk}"


def test_retry_stands_beside_failed_deployments_alone(
    environment: Environment, alice: User
) -> None:
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    failed = make_deployment(environment, by=alice, status=Status.FAILED)
    make_deployment(environment, by=alice, status=Status.CANCELLED)
    links = read(signed_in(alice), url_of(environment)).links
    assert {text: url for text, url in links.items() if "Retry" in text} == {
        "Retry v2": f"/deployments/{failed.pk}/retry"
    }


def test_a_button_that_does_nothing_now_says_why(
    environment: Environment, alice: User
) -> None:
    make_deployment(environment, by=alice)
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    page = read(signed_in(alice), url_of(environment))
    assert page.disabled_buttons == ["Deploy", "Retry"]
    sentence = "A deployment is already in progress for this project"
    assert page.text.count(sentence) == 2
    assert page.links["v2"] == f"/deployments/{running.pk}"


def test_who_only_views_gets_no_button_to_press(
    environment: Environment, alice: User, bob: User
) -> None:
    make_deployment(environment, by=alice)
    page = read(signed_in(bob), url_of(environment))
    assert page.disabled_buttons == ["Deploy", "Retry"]
    assert "You don't have permission to deploy" in page.text
    assert "Retry v1" not in page.links


def test_an_environment_without_a_server_leads_to_its_settings(
    environment: Environment, alice: User, dora: User
) -> None:
    change_environment(environment, by=dora, server=None)
    page = read(signed_in(alice), url_of(environment))
    assert page.disabled_buttons == ["Deploy"]
    assert "has no server" in page.text
    assert page.links["Open the settings"] == f"{url_of(environment)}/settings"


@pytest.mark.parametrize("status", ["running", "success", "failed", "cancelled"])
def test_the_address_says_which_status_is_shown(
    environment: Environment, alice: User, status: str
) -> None:
    for each in (Status.RUNNING, Status.SUCCESS, Status.FAILED, Status.CANCELLED):
        make_deployment(environment, by=alice, status=each)
    page = read(signed_in(alice), url_of(environment, f"?status={status}"))
    versions = {f"v{version}" for version in range(1, 5)} & set(page.links)
    # The notice above the list names the running one as well.
    order = ["running", "success", "failed", "cancelled"]
    assert versions == {"v1", f"v{order.index(status) + 1}"}


def test_a_filter_without_a_match_offers_the_way_back(
    environment: Environment, alice: User
) -> None:
    make_deployment(environment, by=alice)
    page = read(signed_in(alice), url_of(environment, "?status=success"))
    assert page.links["Show all"] == url_of(environment)


def test_older_deployments_stand_on_further_pages_of_the_same_filter(
    environment: Environment, alice: User
) -> None:
    for _ in range(PAGE_SIZE + 1):
        make_deployment(environment, by=alice)
    client = signed_in(alice)
    first = read(client, url_of(environment, "?status=failed"))
    assert "v1" not in first.links
    assert f"v{PAGE_SIZE + 1}" in first.links
    second = read(client, url_of(environment, first.links["Older"]))
    assert "v1" in second.links
    assert "v2" not in second.links
    assert "Older" not in second.links
    newest = read(client, url_of(environment, second.links["Newest"]))
    assert newest.links.keys() == first.links.keys()


@pytest.mark.parametrize("query", ["?before=x", "?before=" + "9" * 30, "?status=odd"])
def test_a_malformed_query_shows_everything(
    environment: Environment, alice: User, query: str
) -> None:
    make_deployment(environment, by=alice)
    assert "v1" in read(signed_in(alice), url_of(environment, query)).links


def test_a_stranger_finds_nothing(environment: Environment, charlie: User) -> None:
    read(signed_in(charlie), url_of(environment), status=404)


def test_more_deployments_take_no_more_queries(
    environment: Environment, alice: User
) -> None:
    client = signed_in(alice)
    failed = make_deployment(environment, by=alice)
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    queries = queries_of(client, url_of(environment))
    for _ in range(8):
        failed = make_deployment(environment, by=alice, retry_of=failed)
        make_deployment(environment, by=alice, status=Status.SUCCESS)
    assert queries_of(client, url_of(environment)) == queries
