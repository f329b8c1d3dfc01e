"""Creating and editing a project in the browser."""

import pytest

from projects.models import AuditEntry, Organization, Project, User
from tests.factories import make_project
from tests.pages import Page, read, send, signed_in

URL = "https://git.example.org/acme/shop.git"


def test_an_administrator_creates_a_project(
    organization: Organization, dora: User
) -> None:
    answer = send(
        signed_in(dora),
        "/projects/new",
        organization=organization.pk,
        name="Shop",
        git_url=URL,
    )
    project = Project.objects.get()
    assert answer.headers["Location"] == f"/projects/{project.pk}"
    assert (project.name, project.organization) == ("Shop", organization)


def test_others_are_told_why_they_cannot(alice: User) -> None:
    page = read(signed_in(alice), "/projects/new", status=403)
    assert "Only an administrator of an organization can add a project." in page.text


def test_a_project_goes_only_to_an_organization_one_administers(
    organization: Organization, charlie: User
) -> None:
    answer = send(
        signed_in(charlie),
        "/projects/new",
        organization=organization.pk,
        name="Shop",
        git_url=URL,
    )
    assert answer.status_code == 400
    assert not Project.objects.exists()


def test_what_is_wrong_is_said_beside_its_field(
    organization: Organization, dora: User
) -> None:
    answer = send(
        signed_in(dora),
        "/projects/new",
        organization=organization.pk,
        name="Shop",
        git_url="example.org/shop",
    )
    assert answer.status_code == 400
    assert "Write the Git address as https://host/path," in Page(answer).text


def test_an_empty_token_keeps_the_stored_one_which_is_never_shown(
    project: Project, dora: User
) -> None:
    client = signed_in(dora)
    url = f"/projects/{project.pk}/edit"
    send(client, url, git_token="t0ken-of-the-host")
    assert "t0ken-of-the-host" not in read(client, url).html

    send(client, url, name="Bakery")

    project.refresh_from_db()
    assert (project.name, project.git_token) == ("Bakery", "t0ken-of-the-host")


@pytest.mark.parametrize("name", ["git_token", "registry_password"])
def test_a_stored_secret_of_a_project_can_be_removed(
    project: Project, dora: User, name: str
) -> None:
    client = signed_in(dora)
    url = f"/projects/{project.pk}/edit"
    assert "Remove the stored" not in read(client, url).text
    send(client, url, **{name: "t0ken-of-the-host"})
    assert "Remove the stored" in read(client, url).text

    send(client, url, **{f"remove_{name}": "on"})

    project.refresh_from_db()
    assert getattr(project, name) == ""
    assert "Remove the stored" not in read(client, url).text
    entry = AuditEntry.objects.filter(action="project.changed")[0]
    assert entry.facts == {"changes": {name: "(removed)"}}


def test_a_secret_is_not_both_replaced_and_removed(
    project: Project, dora: User
) -> None:
    client = signed_in(dora)
    url = f"/projects/{project.pk}/edit"
    send(client, url, git_token="t0ken-of-the-host")

    page = Page(send(client, url, git_token="another", remove_git_token="on"))

    assert page.status == 400
    assert "Enter a new value or remove the stored one." in page.text
    project.refresh_from_db()
    assert project.git_token == "t0ken-of-the-host"


def test_who_may_not_change_a_project_does_not(project: Project, alice: User) -> None:
    answer = signed_in(alice).post(f"/projects/{project.pk}/edit", {"name": "Mine"})
    assert answer.status_code == 403
    project.refresh_from_db()
    assert project.name == "Shop"


def test_a_stranger_finds_nothing(project: Project, charlie: User) -> None:
    client = signed_in(charlie)
    assert client.get(f"/projects/{project.pk}").status_code == 404
    assert client.get(f"/projects/{project.pk}/edit").status_code == 404


def test_names_are_text_whatever_they_hold(
    organization: Organization, dora: User
) -> None:
    project = make_project(organization, by=dora, name='"><img src=x onerror=alert(1)>')
    client = signed_in(dora)
    for url in ("/", f"/projects/{project.pk}", f"/projects/{project.pk}/edit"):
        assert "<img" not in read(client, url).html


def test_who_lacks_a_right_is_told_whom_to_ask(project: Project, alice: User) -> None:
    for url in (f"/projects/{project.pk}/edit", f"/projects/{project.pk}/deploy-key"):
        page = read(signed_in(alice), url, status=403)
        assert "You may not do this" in page.text
        assert "You don't have permission to change this project." in page.text
