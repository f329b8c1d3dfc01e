"""The encryption key is lost: what docs/operations.md says leads out of it."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.test import Client

from deployments import services as verbs
from deployments.models import Deployment, Status
from projects import services
from projects.models import (
    AuditEntry,
    Environment,
    ProjectVariable,
    User,
    Variable,
)
from tests.api import Api
from tests.factories import key_pair, make_deployment
from tests.pages import read, signed_in

#: Every object of the console whose secret cannot be read.
LOST = [
    "environment production of project Shop: fingerprint key",
    "environment production of project Shop: frozen releases",
    "environment production of project Shop: variable API_KEY",
    "environment production of project Shop: variable MODE",
    "project Shop: Git token",
    "project Shop: registry password or token",
    "project Shop: variable LEVEL",
    "server web-1: private key",
]


@pytest.fixture
def lost(
    environment: Environment, dora: User, alice: User, settings: Any
) -> Deployment:
    """A deployment that is live in a console whose key is another one now."""
    project = environment.project
    services.set_variable(environment, name="API_KEY", value="s3cret", by=dora)
    services.set_variable(
        environment, name="MODE", value="fast", is_secret=False, by=dora
    )
    ProjectVariable.objects.create(
        project=project, name="LEVEL", value="3", is_secret=False
    )
    project.git_token = project.registry_password = "t0ken-of-the-host"
    project.save()
    live = make_deployment(environment, by=alice, status=Status.SUCCESS)
    make_deployment(environment, by=alice)
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    return live


def check() -> str:
    output = StringIO()
    # All of them, but the one that dislikes how pytest sets up the templates.
    call_command("check", tags=["database"], stderr=output, stdout=output)
    return output.getvalue()


def test_one_list_names_every_object(lost: Deployment) -> None:
    unreadable = services.unreadable_secrets()
    assert [secret.name for secret in unreadable] == LOST
    assert {secret.name: secret.count for secret in unreadable}[LOST[1]] == 2


def test_with_the_right_key_it_is_empty(environment: Environment, dora: User) -> None:
    services.set_variable(environment, name="API_KEY", value="s3cret", by=dora)
    assert services.unreadable_secrets() == []
    assert "cannot" not in check()
    page = read(signed_in(dora), "/secrets").text
    assert "Every stored secret can be read." in page


def test_check_and_the_page_show_this_list(lost: Deployment, dora: User) -> None:
    checked, page = check(), read(signed_in(dora), "/secrets").text
    for name in LOST:
        assert name in checked
        assert name in page
    assert "s3cret" not in checked + page


def test_the_page_names_nothing_to_strangers(lost: Deployment, charlie: User) -> None:
    assert "Shop" not in read(signed_in(charlie), "/secrets").text


@pytest.mark.django_db(transaction=True)
def test_readyz_counts_them_and_names_none(lost: Deployment, client: Client) -> None:
    answer = client.get("/readyz")
    assert answer.json()["unreadable_secrets"] == len(LOST) - 1
    assert "Shop" not in answer.content.decode()


PAGES = [
    "/",
    "/projects/{project}",
    "/projects/{project}/edit",
    "/projects/{project}/variables",
    "/environments/{environment}",
    "/environments/{environment}/settings",
    "/environments/{environment}/variables",
    "/servers",
    "/servers/{server}",
    "/servers/{server}/edit",
    "/deployments/{deployment}",
    "/deployments/{failed}",
    "/deployments/{failed}/retry",
    "/deployments/{failed}/redeploy",
    "/environments/{environment}/deploy",
]
ROUTES = [
    "/projects/{project}",
    "/environments/{environment}",
    "/environments/{environment}/variables",
    "/projects/{project}/variables",
    "/servers/{server}",
    "/deployments",
    "/deployments/{failed}",
]


def address(pattern: str, live: Deployment) -> str:
    return pattern.format(
        project=live.project_id,
        environment=live.environment_id,
        server=live.server_id,
        deployment=live.pk,
        failed=Deployment.objects.get(version=2).pk,
    )


@pytest.mark.parametrize("pattern", PAGES)
def test_every_page_goes_on_without_the_key(
    pattern: str, lost: Deployment, dora: User
) -> None:
    assert signed_in(dora).get(address(pattern, lost)).status_code == 200


@pytest.mark.parametrize("pattern", ROUTES)
def test_so_does_the_api(pattern: str, lost: Deployment, dora: User) -> None:
    assert Api(dora).get(address(pattern, lost)).status_code == 200


def test_a_plain_variable_that_cannot_be_read_says_so(
    lost: Deployment, dora: User
) -> None:
    page = address("/environments/{environment}/variables", lost)
    assert "MODE cannot be read, set it anew" in read(signed_in(dora), page).text
    items = {item["name"]: item for item in Api(dora).get(page).json()["items"]}
    assert items["MODE"]["value"] is None


def test_each_is_set_anew_and_the_list_is_empty_but_for_what_is_frozen(
    lost: Deployment, dora: User, alice: User
) -> None:
    """The chapter "When the encryption key is lost", step by step."""
    api, place = Api(dora), f"/environments/{lost.environment_id}"
    project = f"/projects/{lost.project_id}"
    server = f"/servers/{lost.server_id}"
    assert api.patch(server, {"private_key": key_pair()[0]}).status_code == 200
    assert api.patch(project, {"git_token": "new"}).status_code == 200
    assert api.patch(project, {"registry_password": "new"}).status_code == 200
    for variable, body in {
        f"{place}/variables/API_KEY": {"value": "new"},
        f"{place}/variables/MODE": {"value": "fast", "is_secret": False},
        f"{project}/variables/LEVEL": {"value": "4", "is_secret": False},
    }.items():
        assert api.put(variable, body).status_code == 200
    # Everything else of an object whose secret is lost can be changed, too.
    assert api.patch(place, {"keep_releases": 3}).status_code == 200

    call_command("renew_fingerprint_keys", stdout=StringIO())

    assert [secret.name for secret in services.unreadable_secrets()] == [LOST[1]]
    assert Variable.objects.get(name="API_KEY").value == "new"
    renewed = AuditEntry.objects.get(action="environment.fingerprint_key_renewed")
    assert renewed.object_name == "production"
    fresh = verbs.deploy(Environment.objects.get(), by=alice)
    assert fresh.status == Status.PENDING


def test_a_fingerprint_key_that_can_be_read_stays(environment: Environment) -> None:
    before = Environment.objects.get().fingerprint_key
    call_command("renew_fingerprint_keys", stdout=StringIO())
    assert Environment.objects.get().fingerprint_key == before
