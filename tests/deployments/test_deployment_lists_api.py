"""Lists of deployments: filters, pages, tenants, and how many queries they take."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from deployments.models import Deployment, Status, Trigger
from projects.models import Environment, Organization, User
from tests import factories
from tests.api import Api
from tests.factories import make_deployment

pytestmark = pytest.mark.both_back_ends

#: More queries need a reason, fewer a smaller number here.
QUERIES = {
    "/deployments": 11,
    "/projects/{project}/deployments": 12,
    "/environments/{environment}/deployments": 12,
    "/deployments/{deployment}": 6,
    "/deployments/{deployment}/configuration": 6,
    "/deployments/{deployment}/events": 4,
    "/projects": 2,
    "/projects/{project}": 2,
    "/projects/{project}/environments": 3,
    "/projects/{project}/variables": 3,
    "/environments/{environment}": 2,
    "/environments/{environment}/variables": 3,
    "/servers": 2,
    "/servers/{server}": 2,
    "/organizations": 2,
    "/audit": 2,
}


def versions(answer: Any) -> list[int]:
    return [item["version"] for item in answer.json()["items"]]


@pytest.fixture
def of_every_status(environment: Environment, alice: User) -> list[Deployment]:
    """v1 success, v2 failed, v3 cancelled, v4 running."""
    finished = (Status.SUCCESS, Status.FAILED, Status.CANCELLED, Status.RUNNING)
    return [make_deployment(environment, by=alice, status=one) for one in finished]


@pytest.mark.usefixtures("of_every_status")
def test_the_newest_comes_first(bob: User) -> None:
    assert versions(Api(bob).get("/deployments")) == [4, 3, 2, 1]


@pytest.mark.usefixtures("of_every_status")
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("status=failed", [2]),
        ("status=failed,running", [4, 2]),
        ("status=failed&status=running", [4, 2]),
        ("status=pending", []),
        ("trigger=manual", [4, 3, 2, 1]),
        ("trigger=rollback,webhook", []),
        ("status=success&trigger=manual&limit=1", [1]),
    ],
)
def test_filters(
    query: str, expected: list[int], environment: Environment, bob: User
) -> None:
    for base in (
        "/deployments",
        f"/projects/{environment.project_id}/deployments",
        f"/environments/{environment.pk}/deployments",
    ):
        assert versions(Api(bob).get(f"{base}?{query}")) == expected


def test_an_environment_can_be_chosen(
    environment: Environment, alice: User, dora: User
) -> None:
    other = factories.make_environment(
        environment.project,
        environment.server,
        by=dora,
        name="staging",
        deploy_path="/srv/staging",
    )
    make_deployment(environment, by=alice)
    make_deployment(other, by=alice)
    answer = Api(alice).get(f"/deployments?environment={other.pk}")
    assert versions(answer) == [2]


@pytest.mark.parametrize(
    "query",
    [
        *("status=bogus", "status=failed,bogus", "status=", "status=%00", "status=%ff"),
        *("status[]=x", "status=FAILED", "trigger=cron", "environment=abc"),
        "environment=00000000-0000-4000-8000-000000000000",
        *("limit=0", "limit=-1", "limit=abc", "limit=101", "limit=1e9", "limit=%00"),
        *("limit=" + "9" * 20, "limit=" + "9" * 5000, "limit=", "limit=1.0"),
        *("cursor=", "cursor=abc", "cursor=%00", "cursor=%ff", "cursor=a:b:c"),
        *("ordering=password", "search=x", "stauts=failed", "_connector=OR 1=1"),
        "project__owner__password__startswith=a",
        "status=" + "x" * 100_000,
    ],
)
def test_an_odd_query_is_refused(query: str, alice: User) -> None:
    answer = Api(alice).get(f"/deployments?{query}")
    assert answer.status_code == 400
    assert answer.json()["code"] == "invalid"


# --- Pages ---------------------------------------------------------------------------


@pytest.fixture
def seven(environment: Environment, alice: User) -> None:
    for _ in range(7):
        make_deployment(environment, by=alice)


def follow(api: Api, link: str) -> Any:
    return api.get(link.partition("/api/v1")[2])


@pytest.mark.usefixtures("seven")
def test_pages_lead_to_the_end_and_back_again(alice: User) -> None:
    api = Api(alice)
    first = api.get("/deployments?limit=3&status=failed")
    assert first.json()["previous"] is None
    second = follow(api, first.json()["next"])
    third = follow(api, second.json()["next"])
    assert [versions(page) for page in (first, second, third)] == [
        [7, 6, 5],
        [4, 3, 2],
        [1],
    ]
    assert third.json()["next"] is None
    back = follow(api, third.json()["previous"])
    assert versions(back) == [4, 3, 2]
    start = follow(api, back.json()["previous"])
    assert versions(start) == [7, 6, 5]
    assert start.json()["previous"] is None


@pytest.mark.usefixtures("seven")
def test_a_new_row_moves_nothing_from_one_page_to_the_next(
    environment: Environment, alice: User
) -> None:
    api = Api(alice)
    first = api.get("/deployments?limit=3")
    make_deployment(environment, by=alice)
    assert versions(follow(api, first.json()["next"])) == [4, 3, 2]


def test_rows_of_one_moment_are_neither_lost_nor_doubled(
    environment: Environment, alice: User
) -> None:
    moment = make_deployment(environment, by=alice).created_at
    for _ in range(4):
        make_deployment(environment, by=alice, created_at=moment)
    api, seen, link = Api(alice), [], "/api/v1/deployments?limit=2"
    while link:
        page = follow(api, link)
        seen += versions(page)
        link = page.json()["next"]
    assert sorted(seen) == [1, 2, 3, 4, 5]


@pytest.mark.usefixtures("seven")
def test_an_altered_cursor_is_refused(alice: User) -> None:
    api = Api(alice)
    link = api.get("/deployments?limit=3").json()["next"]
    altered = link[:-1] + ("A" if link[-1] != "A" else "B")
    assert follow(api, altered).status_code == 400


# --- Tenants -------------------------------------------------------------------------


def test_a_list_holds_only_what_the_caller_can_see(
    environment: Environment, alice: User, charlie: User
) -> None:
    own = make_deployment(environment, by=alice)
    elsewhere = charlie.memberships.get().organization
    foreign = make_deployment(
        factories.make_environment(
            factories.make_project(elsewhere, by=charlie),
            factories.make_server(elsewhere, by=charlie),
            by=charlie,
        ),
        by=charlie,
    )
    for user, visible in ((alice, own), (charlie, foreign)):
        items = Api(user).get("/deployments").json()["items"]
        assert [item["id"] for item in items] == [str(visible.pk)]


# --- Queries -------------------------------------------------------------------------


def counted(api: Api, path: str) -> int:
    # The first request also fills the caches of this process.
    api.get(path)
    with CaptureQueriesContext(
        connection,
    ) as queries:
        assert api.get(path).status_code == 200
    return len(queries)


@pytest.fixture
def fill(
    organization: Organization, environment: Environment, alice: User, dora: User
) -> Callable[[int], None]:
    """Add as many rows of every kind as asked for."""

    def add(count: int) -> None:
        for _ in range(count):
            number = Deployment.objects.count()
            project = factories.make_project(
                organization, by=dora, name=f"Project {number}"
            )
            server = factories.make_server(organization, by=dora, name=f"s-{number}")
            factories.make_environment(project, server, by=dora)
            factories.make_environment(
                environment.project,
                environment.server,
                by=dora,
                name=f"review-{number}",
                deploy_path=f"/srv/review-{number}",
            )
            success = make_deployment(environment, by=alice, status=Status.SUCCESS)
            failed = make_deployment(environment, by=alice, trigger=Trigger.WEBHOOK)
            make_deployment(environment, by=alice, retry_of=failed)
            make_deployment(environment, by=alice, rollback_from=success)
            # In each project one that failed, and one that is in its way.
            elsewhere = project.environments.get()
            make_deployment(elsewhere, by=alice)
            make_deployment(elsewhere, by=alice, status=Status.RUNNING)

    return add


def test_the_number_of_queries_does_not_grow_with_the_rows(
    fill: Callable[[int], None], environment: Environment, alice: User
) -> None:
    fill(2)
    failed = Deployment.objects.filter(status=Status.FAILED).last()
    assert failed is not None
    few = queries_of_all(Api(alice), failed)
    fill(3)
    assert queries_of_all(Api(alice), failed) == few


def test_an_endpoint_takes_as_many_queries_as_recorded(
    fill: Callable[[int], None], environment: Environment, alice: User
) -> None:
    fill(2)
    pending = make_deployment(environment, by=alice, status=Status.PENDING)
    assert queries_of_all(Api(alice), pending) == QUERIES


def queries_of_all(api: Api, deployment: Deployment) -> dict[str, int]:
    places = {
        "project": deployment.project_id,
        "environment": deployment.environment_id,
        "server": deployment.server_id,
        "deployment": deployment.pk,
    }
    return {path: counted(api, path.format(**places)) for path in QUERIES}
