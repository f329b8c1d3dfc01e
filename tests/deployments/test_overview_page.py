"""What runs where."""

from deployments.models import Status
from projects.models import Environment, Organization, Project, User
from tests.factories import (
    make_deployment,
    make_environment,
    make_project,
    make_release,
    make_user,
)
from tests.pages import queries_of, read, signed_in


def test_an_empty_console_tells_an_administrator_the_first_steps(
    organization: Organization, dora: User
) -> None:
    page = read(signed_in(dora), "/")
    assert page.links["Add a server"] == "/servers/new"
    assert page.links["Create a project"] == "/projects/new"


def test_somebody_without_projects_is_told_whom_to_ask(db: None) -> None:
    page = read(signed_in(make_user("newcomer")), "/")
    assert "Ask an administrator of your organization to add you" in page.text
    assert "New project" not in page.links


def test_it_shows_what_is_live_beside_what_happened_last(
    environment: Environment, alice: User
) -> None:
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    make_deployment(environment, by=alice, status=Status.FAILED)
    page = read(signed_in(alice), "/")
    assert "v1 1f0c5d7a9b3e Sell more shoes Failed v2 just now" in page.text


def test_a_stranger_sees_nothing_of_it(environment: Environment, charlie: User) -> None:
    assert "Shop" not in read(signed_in(charlie), "/").text


def test_more_projects_take_no_more_queries(
    organization: Organization, environment: Environment, alice: User, dora: User
) -> None:
    client = signed_in(alice)
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    queries = queries_of(client, "/")
    for number in range(3):
        project = make_project(organization, by=dora, name=f"Shop {number}")
        more = make_environment(
            project, environment.server, by=dora, deploy_path=f"/srv/shop-{number}"
        )
        make_deployment(more, by=alice, status=Status.SUCCESS)
        make_deployment(more, by=alice, status=Status.FAILED)
    assert queries_of(client, "/") == queries


def test_a_project_page_shows_its_environments_and_recent_deployments(
    project: Project, environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    page = read(signed_in(alice), f"/projects/{project.pk}")
    assert page.links["production"] == f"/environments/{environment.pk}"
    assert page.links["Retry v1"] == f"/deployments/{failed.pk}/retry"


def test_more_deployments_take_a_project_page_no_more_queries(
    project: Project, environment: Environment, alice: User
) -> None:
    client = signed_in(alice)
    url = f"/projects/{project.pk}"
    make_deployment(environment, by=alice)
    queries = queries_of(client, url)
    for _ in range(5):
        make_deployment(environment, by=alice, release=make_release(environment))
    assert queries_of(client, url) == queries
