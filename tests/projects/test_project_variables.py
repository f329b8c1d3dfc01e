"""Variables of a project: what all its environments get unless they have their own."""

from typing import Any

import pytest
from django.test import Client

from oec.exceptions import InvalidInput
from projects import services
from projects.models import AuditEntry, Environment, Project, ProjectVariable, User
from tests import factories
from tests.administration import enter_as_superuser, inline_row, page_of, submit
from tests.administration import send as fill_in
from tests.api import Api
from tests.pages import Page, queries_of, read, send, signed_in
from tests.races import at_once

SECRET = "s3cret-value-of-many-characters"


def path(project: Project, name: str = "") -> str:
    return f"/projects/{project.pk}/variables{name and '/' + name}"


def merged(environment: Environment) -> dict[str, str]:
    fresh = Environment.objects.get(pk=environment.pk)
    return {variable.name: variable.value for variable in fresh.merged_variables()}


# --- What an environment gets --------------------------------------------------------


def test_an_environment_gets_the_projects_variables_unless_it_has_its_own(
    project: Project, environment: Environment, dora: User
) -> None:
    for name, value in (("LANGUAGE", "de"), ("WORKERS", "2")):
        services.set_variable(project, name=name, value=value, by=dora)
    services.set_variable(environment, name="WORKERS", value="8", by=dora)
    services.set_variable(environment, name="MODE", value="quick", by=dora)
    assert merged(environment) == {"LANGUAGE": "de", "MODE": "quick", "WORKERS": "8"}


def test_removing_the_own_variable_brings_the_projects_back(
    project: Project, environment: Environment, dora: User
) -> None:
    services.set_variable(project, name="WORKERS", value="2", by=dora)
    own = services.set_variable(environment, name="WORKERS", value="8", by=dora)
    services.remove_variable(own, by=dora)
    assert merged(environment) == {"WORKERS": "2"}


def test_projects_keep_their_variables_apart(
    project: Project, environment: Environment, dora: User
) -> None:
    other = factories.make_project(project.organization, by=dora, name="Other")
    services.set_variable(other, name="WORKERS", value="2", by=dora)
    assert merged(environment) == {}


@pytest.mark.parametrize("kind", ["environment", "project"])
def test_a_name_that_differs_only_in_its_case_is_refused(
    kind: str, project: Project, environment: Environment, dora: User
) -> None:
    place: Any = {"environment": environment, "project": project}[kind]
    services.set_variable(place, name="Api_Key", value="1", by=dora)
    with pytest.raises(InvalidInput, match="Api_Key exists already"):
        services.set_variable(place, name="API_KEY", value="2", by=dora)
    assert [variable.value for variable in place.variables.all()] == ["1"]


@pytest.mark.both_back_ends
@pytest.mark.django_db(transaction=True)
def test_of_two_spellings_at_the_same_time_one_is_refused(
    project: Project, dora: User
) -> None:
    spellings = ("MODE", "mode") * 5

    def put(number: int) -> str:
        name = spellings[number]
        return services.set_variable(project, name=name, value="x", by=dora).name

    outcomes = at_once(len(spellings), put)
    (stored,) = project.variables.all()
    assert outcomes.count(stored.name) == 5
    assert sum(isinstance(outcome, InvalidInput) for outcome in outcomes) == 5


def test_what_is_done_is_audited_without_the_value(
    project: Project, environment: Environment, dora: User
) -> None:
    variable = services.set_variable(project, name="API_KEY", value=SECRET, by=dora)
    services.remove_variable(variable, by=dora)
    done = AuditEntry.objects.filter(action__startswith="project_variable.")
    assert [(entry.action, entry.object_name) for entry in done] == [
        ("project_variable.removed", "API_KEY"),
        ("project_variable.set", "API_KEY"),
    ]
    assert done[1].facts == {"is_secret": True}
    assert done[1].project == project


# --- The API -------------------------------------------------------------------------


def test_a_secret_is_set_and_never_shown_again(project: Project, dora: User) -> None:
    answer = Api(dora).put(path(project, "API_KEY"), {"value": SECRET})
    assert answer.status_code == 200
    assert (answer.json()["name"], answer.json()["value"]) == ("API_KEY", None)
    answers = [
        answer,
        Api(dora).get(path(project)),
        Api(dora).get(path(project, "API_KEY")),
        Api(dora).get("/audit"),
    ]
    assert all(SECRET.encode() not in answer.content for answer in answers)
    assert ProjectVariable.objects.get().value == SECRET


def test_a_plain_value_is_replaced_and_removed(project: Project, dora: User) -> None:
    api = Api(dora)
    for value in ("one", "two"):
        api.put(path(project, "MODE"), {"value": value, "is_secret": False})
    assert [
        variable["value"] for variable in api.get(path(project)).json()["items"]
    ] == ["two"]
    assert api.delete(path(project, "MODE")).status_code == 204
    assert api.delete(path(project, "MODE")).status_code == 404


@pytest.mark.parametrize(
    "name", ["1A", "A-B", "A%20B", "A=B", "A%0A", "A%00", "é", "A" * 129, "PATH"]
)
def test_a_name_that_cannot_be_is_refused(
    name: str, project: Project, dora: User
) -> None:
    answer = Api(dora).put(path(project, name), {"value": "x"})
    assert answer.status_code == 400
    assert not ProjectVariable.objects.exists()


@pytest.mark.parametrize(
    "body",
    [{}, {"value": None}, {"value": 5}, {"value": "x" * 40_000}, {"value": "a\0b"}],
    ids=["nothing", "null", "a number", "40 KB", "NUL"],
)
def test_a_value_that_cannot_be_is_refused(
    body: dict[str, Any], project: Project, dora: User
) -> None:
    assert Api(dora).put(path(project, "MODE"), body).status_code == 400
    assert not ProjectVariable.objects.exists()


def test_names_that_differ_only_in_case_are_refused_by_the_api_too(
    project: Project, dora: User
) -> None:
    Api(dora).put(path(project, "MODE"), {"value": "x"})
    answer = Api(dora).put(path(project, "mode"), {"value": "x"})
    assert answer.status_code == 400
    assert "MODE exists already" in answer.json()["errors"]["name"][0]


# --- The pages -----------------------------------------------------------------------


def test_the_project_has_a_tab_for_its_variables(project: Project, dora: User) -> None:
    client = signed_in(dora)
    url = read(client, f"/projects/{project.pk}").links["Variables"]
    send(client, url, name="API_KEY", value=SECRET, is_secret="on")
    send(client, url, name="LANGUAGE", value="<b>de</b>", is_secret="")
    page = read(client, url)
    assert "API_KEY secret, never shown" in page.text
    assert "LANGUAGE <b>de</b>" in page.text
    assert "<b>" not in page.html
    assert SECRET not in page.html


def test_an_environment_shows_what_it_inherits_and_what_it_overrides(
    project: Project, environment: Environment, dora: User
) -> None:
    for name in ("LANGUAGE", "WORKERS"):
        services.set_variable(
            project, name=name, value="project", is_secret=False, by=dora
        )
    for name in ("MODE", "WORKERS"):
        services.set_variable(
            environment, name=name, value="own", is_secret=False, by=dora
        )
    page = read(signed_in(dora), f"/environments/{environment.pk}/variables")
    assert "LANGUAGE project the project" in page.text
    assert "MODE own here" in page.text
    assert "WORKERS own here, instead of the project’s" in page.text
    assert page.links["the project"] == path(project)
    # What is the project's is not removed from here.
    assert [text for text in page.links if text.startswith("Remove")] == [
        "Remove MODE",
        "Remove WORKERS",
    ]


def test_a_projects_variable_is_removed_after_asking(
    project: Project, dora: User
) -> None:
    services.set_variable(project, name="WORKERS", value="2", by=dora)
    client = signed_in(dora)
    url = f"{path(project, 'WORKERS')}/remove"
    assert "Remove WORKERS?" in read(client, url).text
    assert project.variables.exists()
    assert client.post(url).headers["Location"] == path(project)
    assert not project.variables.exists()
    assert client.get(url).status_code == 404
    assert client.get(f"{path(project, '%00')}/remove").status_code == 404


def test_removing_an_override_says_that_the_projects_value_follows(
    project: Project, environment: Environment, dora: User
) -> None:
    for place in (project, environment):
        services.set_variable(place, name="WORKERS", value="2", by=dora)
    url = f"/environments/{environment.pk}/variables/WORKERS/remove"
    assert "runs with the project’s value" in read(signed_in(dora), url).text


def test_who_may_not_change_reads_it_and_a_stranger_finds_nothing(
    project: Project, alice: User, charlie: User, dora: User
) -> None:
    services.set_variable(project, name="WORKERS", value="2", by=dora)
    client = signed_in(alice)
    page = read(client, path(project))
    assert "You don't have permission to change this project." in page.text
    assert not any(text.startswith("Remove") for text in page.links)
    assert client.post(path(project), {"name": "x"}).status_code == 403
    assert client.post(f"{path(project, 'WORKERS')}/remove").status_code == 403
    client = signed_in(charlie)
    for url in (path(project), f"{path(project, 'WORKERS')}/remove"):
        assert client.get(url).status_code == 404
        assert client.post(url).status_code == 404
    assert project.variables.exists()


def test_a_refused_secret_is_not_sent_back_in_the_page(
    project: Project, dora: User
) -> None:
    services.set_variable(project, name="API_KEY", value="x", by=dora)
    client = signed_in(dora)
    page = Page(send(client, path(project), name="api_key", value=SECRET))
    assert page.status == 400
    assert "API_KEY exists already, and differs only in its case." in page.text
    assert SECRET not in page.html


def test_more_variables_take_no_more_queries(
    project: Project, environment: Environment, dora: User
) -> None:
    client = signed_in(dora)
    urls = (path(project), f"/environments/{environment.pk}/variables")
    services.set_variable(project, name="FIRST", value="1", by=dora)
    few = [queries_of(client, url) for url in urls]
    for number in range(5):
        services.set_variable(project, name=f"MORE_{number}", value="1", by=dora)
    assert [queries_of(client, url) for url in urls] == few


# --- The administration --------------------------------------------------------------


@pytest.fixture
def door(dora: User) -> Client:
    return enter_as_superuser(dora)


@pytest.mark.ignore_template_errors
def test_the_administration_sets_and_removes_them_through_the_services(
    door: Client, project: Project
) -> None:
    url = page_of(project)
    added = {
        "variables-TOTAL_FORMS": 1,
        "variables-0-name": "API_KEY",
        "variables-0-value": SECRET,
        "variables-0-is_secret": "on",
    }
    submit(door, url, **added)
    variable = project.variables.get()
    assert variable.value == SECRET
    assert SECRET not in door.get(url).text
    submit(door, url, **{f"{inline_row(door, url, variable)}-DELETE": "on"})
    assert not project.variables.exists()
    entries = AuditEntry.objects.filter(action__startswith="project_variable.")
    assert len(entries) == 2


@pytest.mark.ignore_template_errors
def test_the_administration_shows_a_refusal_of_the_services(
    door: Client, project: Project, dora: User
) -> None:
    services.set_variable(project, name="MODE", value="x", by=dora)
    twin = {
        "variables-TOTAL_FORMS": 2,
        "variables-1-name": "mode",
        "variables-1-value": "y",
    }
    answer = fill_in(door, page_of(project), **twin)
    assert "MODE exists already" in door.get(answer["Location"]).text
    assert project.variables.count() == 1
