"""Projects and organizations through the API."""

from typing import Any
from uuid import uuid4

import pytest

from projects.models import AuditEntry, Organization, Project, User
from tests.api import Api

URL = "https://git.example.org/acme/blog.git"
TOKEN = "glpat-0123456789abcdef"


def create(by: User, organization: Organization, **fields: Any) -> Any:
    body = {"organization_id": str(organization.pk), "name": "Blog", "git_url": URL}
    return Api(by).post("/projects", {**body, **fields})


def test_an_administrator_creates_a_project_that_members_see(
    organization: Organization, dora: User, alice: User
) -> None:
    answer = create(dora, organization, git_token=TOKEN)
    assert answer.status_code == 201
    new = answer.json()
    assert answer["Location"].endswith(f"/api/v1/projects/{new['id']}")
    assert Api(alice).get(f"/projects/{new['id']}").json() == new
    assert AuditEntry.objects.filter(action="project.created").count() == 1


def test_a_git_token_goes_in_and_never_comes_out(
    organization: Organization, dora: User
) -> None:
    created = create(dora, organization, git_token=TOKEN)
    path = f"/projects/{created.json()['id']}"
    changed = Api(dora).patch(path, {"git_token": TOKEN + "2"})
    shown = [created, changed, Api(dora).get(path), Api(dora).get("/audit")]
    assert all(TOKEN not in answer.content.decode() for answer in shown)
    assert Project.objects.get().git_token == TOKEN + "2"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        *[("git_url", url) for url in ("ext::sh -c id", "git://h/x", "/srv/x", "")],
        *[("git_url", url) for url in ("https://u:p@h.org/x", "https:///x", "x" * 501)],
        *[("name", text) for text in ("", "  ", "a\tb", "x" * 101, 5, None)],
        *[("git_token", text) for text in (5, None, "x" * 5000)],
        *[("organization_id", text) for text in ("abc", 5, None, "")],
    ],
)
def test_a_value_that_cannot_be_is_refused(
    name: str, value: Any, organization: Organization, dora: User
) -> None:
    answer = create(dora, organization, **{name: value})
    assert answer.status_code == 400
    assert list(answer.json()["errors"]) == [name]
    assert not Project.objects.exists()


def test_a_refused_address_with_a_password_is_not_repeated(
    organization: Organization, dora: User
) -> None:
    answer = create(dora, organization, git_url="https://u:hunter2@h.org/x")
    assert "hunter2" not in answer.content.decode()


def test_another_tenants_organization_does_not_exist(
    organization: Organization, dora: User, charlie: User
) -> None:
    foreign = charlie.memberships.get().organization
    hidden = create(dora, foreign)
    absent = create(dora, organization, organization_id=str(uuid4()))
    assert hidden.status_code == absent.status_code == 400
    assert hidden.json() == absent.json()


def test_a_project_cannot_move_to_another_organization(
    project: Project, dora: User, charlie: User
) -> None:
    foreign = charlie.memberships.get().organization
    answer = Api(dora).patch(
        f"/projects/{project.pk}", {"organization_id": str(foreign.pk)}
    )
    assert answer.json()["organization_id"] == str(project.organization_id)


def test_names_are_unique_in_an_organization(
    organization: Organization, dora: User
) -> None:
    assert create(dora, organization).status_code == 201
    assert create(dora, organization).status_code == 400


def test_everybody_lists_their_own_organizations(
    organization: Organization, alice: User, charlie: User
) -> None:
    for user, name in ((alice, "Acme"), (charlie, "Elsewhere")):
        items = Api(user).get("/organizations").json()["items"]
        assert [item["name"] for item in items] == [name]


def test_an_unknown_address_is_a_problem_document(alice: User) -> None:
    for path in ("/nonsense", "/projects/", "/deployments/abc", "/../v2/x"):
        answer = Api(alice).get(path)
        assert answer.status_code == 404
        assert answer["Content-Type"] == "application/problem+json"
        assert answer.json() == {
            "type": "about:blank",
            "title": "Not Found",
            "status": 404,
            "detail": "There is nothing at this address.",
            "code": "not_found",
        }


def test_a_host_that_is_not_ours_is_refused(alice: User) -> None:
    assert Api(alice).get("/projects", Host="evil.example").status_code == 400
