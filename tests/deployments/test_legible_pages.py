"""Text from elsewhere cannot disguise what stands around it, on any page.

Rows are written past the rules here: what came in before a rule, or from Git, a server
or a command, is shown all the same.
"""

import re
from typing import Any

import pytest

from deployments import events
from deployments.models import Deployment
from projects import audit
from projects.models import Environment, Organization, Project, Server, User
from tests import factories
from tests.administration import enter_as_superuser, list_of, page_of
from tests.api import Api
from tests.deployments.every_page import administration, filled, routes
from tests.pages import Page, read, signed_in

pytestmark = pytest.mark.ignore_template_errors

DISGUISED = "gnp\u202eexe\x1b[8m\x9b"
SHOWN = r"gnp\u202eexe\x1b[8m\x9b"
RAW = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
FIELDS = re.compile(r"<textarea\b.*?</textarea>|<input\b[^>]*>", re.DOTALL)


@pytest.fixture
def disguised(environment: Environment, alice: User, bob: User) -> Deployment:
    release = factories.make_release(
        environment, git_branch=DISGUISED, git_message=f"{DISGUISED}\n\nAnd socks."
    )
    failed = factories.make_deployment(
        environment,
        by=alice,
        release=release,
        reason=DISGUISED,
        error_message=DISGUISED,
        error_evidence=DISGUISED,
    )
    lines = [events.output("build", DISGUISED), events.note("build", DISGUISED)]
    events.append(failed.pk, lines)
    for model in (Organization, Project, Environment):
        model.objects.update(name=DISGUISED)
    finding = {"name": "disk", "state": "failed", "sentence": DISGUISED, "facts": {}}
    check: dict[str, Any] = {"at": "2026-01-01T00:00:00+00:00", "by": DISGUISED}
    check |= {"is_complete": True, "findings": [finding]}
    Server.objects.update(name=DISGUISED, username=DISGUISED, last_check=check)
    Environment.objects.update(git_branch=DISGUISED, build_command=DISGUISED)
    User.objects.filter(pk=alice.pk).update(first_name=DISGUISED)
    audit.record(
        bob, "shown", failed, project=failed.project, address=None, before=DISGUISED
    )
    return Deployment.objects.with_details().get(pk=failed.pk)


def ids_of(deployment: Deployment) -> dict[str, list[Any]]:
    return {
        "project_id": [deployment.project_id],
        "environment_id": [deployment.environment_id],
        "server_id": [deployment.server_id],
        "deployment_id": [deployment.pk],
        "name": ["MODE"],
    }


def test_no_page_shows_them_as_they_are(disguised: Deployment, dora: User) -> None:
    door, ids = enter_as_superuser(dora), ids_of(disguised)
    pages = [route for route in routes() if not route[0].startswith("api:")]
    paths = {path for route in pages for path in filled(*route, ids)}
    looked_at = 0
    for path in sorted(paths | set(administration())):
        answer = door.get(path)
        if answer["Content-Type"].startswith("text/html"):
            looked_at += 1
            text = FIELDS.sub("", answer.content.decode())
            mark = RAW.search(text)
            assert mark is None, (path, text[mark.start() - 80 :][:120])
    assert looked_at > 30


@pytest.mark.parametrize("page", ["deployment", "environment", "retry", "audit", "api"])
def test_the_escapes_are_there_instead(
    page: str, disguised: Deployment, dora: User
) -> None:
    addresses = {
        "deployment": disguised.get_absolute_url(),
        "environment": f"/environments/{disguised.environment_id}",
        "retry": f"{disguised.get_absolute_url()}/retry",
        "audit": "/audit",
        "api": f"/api/v1/deployments/{disguised.pk}",
    }
    client = signed_in(dora)
    answer = client.get(addresses[page], headers={"Accept": "text/html"})
    assert SHOWN[:9] in Page(answer).text


def test_the_administration_shows_escapes_in_lists_and_on_pages(
    disguised: Deployment, dora: User
) -> None:
    door = enter_as_superuser(dora)
    for row in (disguised, disguised.release):
        for address in (list_of(type(row)), page_of(row)):
            assert SHOWN in Page(door.get(address)).text


def test_what_a_form_holds_stays_as_it_is(environment: Environment, dora: User) -> None:
    """An escape in a field would be stored with the next change."""
    Environment.objects.update(build_command=DISGUISED)
    client = signed_in(dora)
    page = read(client, f"/environments/{environment.pk}/settings")
    assert page.fields["build_command"] == DISGUISED


def test_the_api_gives_the_text_itself(disguised: Deployment, dora: User) -> None:
    shown = Api(dora).get(f"/deployments/{disguised.pk}").json()
    assert shown["reason"] == shown["git_branch"] == DISGUISED
