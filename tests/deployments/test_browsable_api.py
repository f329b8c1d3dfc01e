"""The API in a browser: a button for every verb, without any inline script."""

import json
import re
from html import unescape
from typing import Any
from urllib.parse import urlencode

import pytest
from django.test import Client

from deployments import services
from deployments.models import Deployment, Status
from projects.models import Environment, Organization, User
from tests.factories import make_deployment

# The framework's own templates ask for variables that are not always there.
pytestmark = pytest.mark.ignore_template_errors


@pytest.fixture
def failed(environment: Environment, alice: User) -> Deployment:
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    return make_deployment(environment, by=alice)


def browser(user: User) -> Client:
    client = Client(enforce_csrf_checks=True, headers={"accept": "text/html"})
    client.force_login(user)
    return client


def press(client: Client, page: str, action: str, **fields: str) -> Any:
    """Send the form with this action as the browser would, token and all."""
    html = client.get(page).content.decode()
    ours = r'<form class="(?:verb|form-horizontal well)"'
    wanted = rf'{ours}[^>]*action="{re.escape(action)}".*?</form>'
    form = re.search(wanted, html, re.DOTALL)
    assert form, f"{page} has no form for {action}"
    token = re.search(r'name="csrfmiddlewaretoken" value="(\w+)"', form[0])
    assert token
    return client.post(
        action,
        urlencode({"csrfmiddlewaretoken": token[1], **fields}),
        content_type="application/x-www-form-urlencoded",
    )


@pytest.mark.parametrize("verb", ["retry", "redeploy", "rollback"])
def test_the_verbs_of_a_deployment_are_buttons(
    verb: str, environment: Environment, failed: Deployment, alice: User
) -> None:
    live = make_deployment(environment, by=alice, status=Status.SUCCESS)
    page = f"/api/v1/deployments/{(live if verb == 'rollback' else failed).pk}"
    target = {"to": ""} if verb == "rollback" else {}
    fields = {"reason": "By hand", **target}
    answer = press(browser(alice), page, f"{page}/{verb}", **fields)
    assert answer.status_code == 200
    assert answer["Content-Type"].startswith("text/html")
    new = Deployment.objects.get(status=Status.PENDING)
    assert new.reason == "By hand"


def test_cancel_is_a_button(environment: Environment, alice: User) -> None:
    pending = make_deployment(environment, by=alice, status=Status.PENDING)
    page = f"/api/v1/deployments/{pending.pk}"
    assert press(browser(alice), page, f"{page}/cancel").status_code == 200
    assert Deployment.objects.get().status == Status.CANCELLED


def test_the_end_by_force_is_a_button_while_a_cancel_is_under_way(
    environment: Environment, alice: User, dora: User
) -> None:
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    page = f"/api/v1/deployments/{running.pk}"
    assert "by force" not in browser(dora).get(page).content.decode()
    services.cancel(running, by=alice)
    action = f"{page}/force-finish"
    assert press(browser(alice), page, action, reason="Gone").status_code == 403
    assert press(browser(dora), page, action, reason="Gone").status_code == 200
    assert Deployment.objects.get().status == Status.CANCELLED


@pytest.mark.parametrize("below", ["", "/deployments"])
def test_deploy_is_a_button_of_the_environment(
    below: str, environment: Environment, alice: User
) -> None:
    page = f"/api/v1/environments/{environment.pk}"
    action = f"{page}/deployments"
    answer = press(browser(alice), page + below, action, git_commit="")
    assert answer.status_code == 201


def test_a_page_of_its_own_asks_what_a_verb_takes(
    failed: Deployment, alice: User
) -> None:
    page = f"/api/v1/deployments/{failed.pk}/retry"
    assert press(browser(alice), page, page, reason="Typed").status_code == 200
    assert Deployment.objects.get(status=Status.PENDING).reason == "Typed"


def test_a_new_project_is_a_form(organization: Organization, dora: User) -> None:
    page = "/api/v1/projects"
    fields = {"organization_id": str(organization.pk), "name": "Typed"}
    fields["git_url"] = "https://git.example.org/typed.git"
    assert press(browser(dora), page, page, **fields).status_code == 201
    assert organization.projects.get().name == "Typed"


def test_a_form_begins_with_what_holds_where_nothing_is_said(
    environment: Environment, dora: User
) -> None:
    page = f"/api/v1/environments/{environment.pk}/variables/NEW"
    boxes = re.findall(
        r'<input[^>]*name="is_secret"[^>]*>', browser(dora).get(page).content.decode()
    )
    assert ["checked" in box for box in boxes] == [True]


def test_a_change_begins_with_what_is_there(
    environment: Environment, dora: User
) -> None:
    html = browser(dora).get(f"/api/v1/servers/{environment.server_id}")
    text = re.search(r"<textarea[^>]*>(.*?)</textarea>", html.content.decode(), re.S)
    assert text
    assert environment.server is not None
    assert json.loads(unescape(text[1])) == {
        "name": environment.server.name,
        "host": environment.server.host,
        "port": environment.server.port,
        "username": environment.server.username,
        "is_enabled": True,
    }


@pytest.mark.parametrize(
    "path",
    ["environments/{environment}", "projects/{project}", "servers/{server}"],
)
def test_there_is_no_form_for_who_may_not_change(
    path: str, environment: Environment, bob: User, dora: User
) -> None:
    page = "/api/v1/" + path.format(
        environment=environment.pk,
        project=environment.project_id,
        server=environment.server_id,
    )
    offers = [
        'data-method="PATCH"' in browser(user).get(page).content.decode()
        for user in (bob, dora)
    ]
    assert offers == [False, True]


@pytest.mark.parametrize(
    ("path", "crumbs"),
    [
        ("deployments/{deployment}", ["Deployments", "Deployment"]),
        ("deployments/{deployment}/retry", ["Deployments", "Deployment", "Retry"]),
        (
            "projects/{project}/environments",
            ["Projects", "Project", "Environments"],
        ),
        # There is no list of all environments.
        ("environments/{environment}/variables", ["Environment", "Variables"]),
        ("servers/{server}/host-key", ["Servers", "Server", "Host key"]),
    ],
)
def test_crumbs_lead_from_the_list_over_the_object_to_the_action(
    path: str, crumbs: list[str], failed: Deployment, alice: User
) -> None:
    path = path.format(
        deployment=failed.pk,
        project=failed.project_id,
        environment=failed.environment_id,
        server=failed.server_id,
    )
    html = browser(alice).get(f"/api/v1/{path}").content.decode()
    trail = re.search(r'<ul class="breadcrumb">(.*?)</ul>', html, re.DOTALL)
    assert trail
    assert re.findall(r">([^<\n]+)</a>", trail[1]) == ["Index", *crumbs]


def test_a_verb_that_does_not_fit_cannot_be_pressed(
    failed: Deployment, bob: User
) -> None:
    html = browser(bob).get(f"/api/v1/deployments/{failed.pk}").content.decode()
    button = r'<button type="submit" class="btn btn-\w+"( disabled)?>\s*[\w ]+ v2'
    buttons = re.findall(button, html)
    assert buttons == [" disabled"] * 4


def test_a_form_without_a_token_is_refused(failed: Deployment, alice: User) -> None:
    answer = browser(alice).post(f"/api/v1/deployments/{failed.pk}/retry")
    assert answer.status_code == 403
    assert Deployment.objects.count() == 2


def test_the_same_codes_as_in_json(failed: Deployment, bob: User) -> None:
    client = browser(bob)
    page = f"/api/v1/deployments/{failed.pk}"
    assert press(client, page, f"{page}/retry").status_code == 403
    assert client.get(f"{page}0").status_code == 404
    assert client.get(f"{page}/retry").status_code == 405
    assert Client(headers={"accept": "text/html"}).get(page).status_code == 401


def test_nothing_on_these_pages_is_refused_by_the_content_security_policy(
    failed: Deployment, alice: User
) -> None:
    for page in (f"/api/v1/deployments/{failed.pk}", "/api/v1/docs", "/api/v1/"):
        answer = browser(alice).get(page)
        html = answer.content.decode()
        assert "default-src 'self'" in answer["Content-Security-Policy"]
        scripts = re.findall(r"<script(?![^>]*(?:src=|application/json))", html)
        assert scripts == []
        assert re.findall(r"<style|\son\w+=", html) == []
        foreign = r'<(?:script|link|img)[^>]*(?:src|href)="(?:https?:)?//'
        assert re.findall(foreign, html) == []


def test_output_of_a_command_is_only_text(
    environment: Environment, alice: User
) -> None:
    deployment = make_deployment(
        environment, by=alice, error_message="<img src=x onerror=alert(1)>"
    )
    html = browser(alice).get(f"/api/v1/deployments/{deployment.pk}").content.decode()
    assert "<img src=x" not in html
