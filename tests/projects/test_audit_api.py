"""The audit trail through the API."""

import pytest

from projects.models import Environment, Project, User
from tests.api import Api

pytestmark = pytest.mark.both_back_ends


def actions(by: User, query: str = "") -> list[str]:
    items = Api(by).get(f"/audit{query}").json()["items"]
    return [item["action"] for item in items]


def test_it_tells_who_did_what_newest_first(
    environment: Environment, alice: User, dora: User
) -> None:
    Api(alice).post(f"/environments/{environment.pk}/deployments", {"reason": "Go"})
    newest = Api(dora).get("/audit").json()["items"][0]
    assert newest["action"] == "deployment.created"
    assert newest["actor_id"] == str(alice.pk)
    assert newest["project_id"] == str(environment.project_id)
    assert newest["facts"]["reason"] == "Go"
    assert newest["address"] == "127.0.0.1"


def test_it_can_be_narrowed(project: Project, dora: User) -> None:
    assert actions(dora, "?action=project.created") == ["project.created"]
    assert actions(dora, f"?project={project.pk}") == ["project.created"]
    assert actions(dora, "?action=nothing") == []


def test_strangers_see_only_their_own(project: Project, charlie: User) -> None:
    assert "project.created" not in actions(charlie)
    assert actions(charlie, f"?project={project.pk}") == []


@pytest.mark.parametrize("query", ["?project=abc", "?who=me", "?limit=0"])
def test_an_odd_query_is_refused(query: str, dora: User) -> None:
    assert Api(dora).get(f"/audit{query}").status_code == 400


def test_pages_lead_to_the_end(environment: Environment, dora: User) -> None:
    seen, link, api = [], "/audit?limit=1", Api(dora)
    while link:
        page = api.get(link.rpartition("/api/v1")[2]).json()
        seen += [item["id"] for item in page["items"]]
        link = page["next"]
    assert seen == sorted(seen, reverse=True)
    assert len(seen) == len(set(seen)) > 3


def test_it_cannot_be_written(dora: User) -> None:
    assert Api(dora).post("/audit", {}).status_code == 405
