"""A stored credential goes to the host it was entered for, and to no other."""

import pytest

from projects.models import Organization, Project, User
from projects.syntax import git_origin
from tests import factories
from tests.administration import enter_as_superuser, messages, page_of
from tests.administration import send as send_to_admin
from tests.api import Api
from tests.pages import read, send, signed_in

HERE = "https://git.example.org/acme/shop.git"
THERE = "https://git.elsewhere.org/acme/shop.git"
TOKEN = "glpat-0123456789abcdef"
SENTENCE = (
    "The stored Git token was entered for https://git.example.org. Enter it anew for "
    "https://git.elsewhere.org, or remove it."
)


@pytest.fixture
def project(organization: Organization, dora: User) -> Project:
    return factories.make_project(
        organization,
        by=dora,
        git_url=HERE,
        git_token=TOKEN,
        registry_host="registry.example.org",
        registry_username="shop",
        registry_password="registry-secret",
    )


@pytest.mark.parametrize(
    "url",
    [
        THERE,
        "https://git.example.org:8443/acme/shop.git",
        "ssh://git@git.example.org/acme/shop.git",
        "git@git.elsewhere.org:acme/shop.git",
    ],
)
def test_another_host_wants_the_git_token_anew(
    project: Project, dora: User, url: str
) -> None:
    api, path = Api(dora), f"/projects/{project.pk}"

    refused = api.patch(path, {"git_url": url})
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["git_token"]
    assert TOKEN not in refused.content.decode()
    assert Project.objects.get().git_url == HERE

    for token, fields in (
        ("another-token", {"git_token": "another-token"}),
        ("", {"remove_git_token": True}),
    ):
        assert api.patch(path, {"git_url": url, **fields}).status_code == 200
        stored = Project.objects.get()
        assert (stored.git_url, stored.git_token) == (url, token)


def test_another_path_on_the_same_host_keeps_the_token(
    project: Project, dora: User
) -> None:
    moved = "https://git.example.org/acme/new-shop.git"
    answer = Api(dora).patch(f"/projects/{project.pk}", {"git_url": moved})
    assert answer.status_code == 200
    assert Project.objects.get().git_token == TOKEN


def test_without_a_token_the_address_may_lead_anywhere(
    organization: Organization, dora: User
) -> None:
    free = factories.make_project(organization, by=dora, git_url=HERE)
    answer = Api(dora).patch(f"/projects/{free.pk}", {"git_url": THERE})
    assert answer.status_code == 200


@pytest.mark.parametrize("host", ["registry.elsewhere.org", ""])
def test_another_registry_wants_its_password_anew(
    project: Project, dora: User, host: str
) -> None:
    api, path = Api(dora), f"/projects/{project.pk}"

    refused = api.patch(path, {"registry_host": host})
    assert refused.status_code == 400
    assert list(refused.json()["errors"]) == ["registry_password"]

    removed = {
        "registry_host": host,
        "registry_username": "",
        "remove_registry_password": True,
    }
    assert api.patch(path, removed).status_code == 200
    assert Project.objects.get().registry_password == ""


def test_the_page_says_it_beside_the_field(project: Project, dora: User) -> None:
    client, url = signed_in(dora), f"/projects/{project.pk}/edit"
    answer = send(client, url, git_url=THERE)
    assert answer.status_code == 400
    assert SENTENCE in answer.content.decode()
    assert Project.objects.get().git_url == HERE
    assert HERE in read(client, url).html

    assert send(client, url, git_url=THERE, remove_git_token="on").status_code == 302
    assert Project.objects.get().git_token == ""


@pytest.mark.ignore_template_errors
def test_the_administration_says_it_too(project: Project, dora: User) -> None:
    door = enter_as_superuser(dora)
    answer = send_to_admin(door, page_of(project), git_url=THERE)
    assert messages(answer) == [SENTENCE]
    assert Project.objects.get().git_url == HERE


@pytest.mark.parametrize(
    ("url", "origin"),
    [
        (HERE, "https://git.example.org"),
        ("https://GIT.example.org:443/x", "https://git.example.org"),
        ("https://git.example.org:8443/x", "https://git.example.org:8443"),
        ("https://[2606:50c0:8000::153]/x", "https://[2606:50c0:8000::153]"),
        ("git@git.example.org:x", "ssh://git.example.org"),
        ("file:///srv/git/shop.git", "file:///srv/git/shop.git"),
        ("what was an address once", "what was an address once"),
    ],
)
def test_an_origin_is_scheme_host_and_port(url: str, origin: str) -> None:
    assert git_origin(url) == origin
