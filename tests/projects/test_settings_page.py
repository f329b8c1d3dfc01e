"""Creating an environment, its Settings and its Variables in the browser."""

import pytest

from projects.models import AuditEntry, Environment, Project, Server, User
from projects.services import set_variable
from tests.factories import make_organization, make_server
from tests.pages import Page, queries_of, read, send, signed_in


def test_an_environment_is_created_with_its_commands(
    project: Project, server: Server, dora: User
) -> None:
    answer = send(
        signed_in(dora),
        f"/projects/{project.pk}/environments/new",
        name="staging",
        type="staging",
        server=server.pk,
        deploy_path="/srv/staging",
        build_command="make\r\nmake install",
    )
    environment = Environment.objects.get()
    assert answer.headers["Location"] == f"/environments/{environment.pk}"
    # A shell would choke on the line ends that browsers send.
    assert environment.build_command == "make\nmake install"
    assert environment.step_timeout_seconds == 1800


def test_a_server_of_another_organization_cannot_be_chosen(
    project: Project, dora: User, charlie: User
) -> None:
    foreign = make_server(make_organization(charlie, "Foreign"), by=charlie)
    answer = send(
        signed_in(dora),
        f"/projects/{project.pk}/environments/new",
        name="staging",
        type="staging",
        server=foreign.pk,
        deploy_path="/srv/staging",
    )
    assert answer.status_code == 400
    assert not Environment.objects.exists()


def test_a_change_writes_and_records_only_what_was_changed(
    environment: Environment, dora: User
) -> None:
    answer = send(
        signed_in(dora),
        f"/environments/{environment.pk}/settings",
        type="production",
        server=environment.server_id,
        git_branch="release",
    )
    assert answer.status_code == 302
    environment.refresh_from_db()
    assert environment.git_branch == "release"
    entry = AuditEntry.objects.get(action="environment.changed")
    assert entry.facts == {"changes": {"git_branch": "release"}}


def test_saving_without_a_change_records_nothing(
    environment: Environment, dora: User
) -> None:
    answer = send(
        signed_in(dora),
        f"/environments/{environment.pk}/settings",
        type="production",
        server=environment.server_id,
    )
    assert answer.status_code == 302
    assert not AuditEntry.objects.filter(action="environment.changed").exists()


def test_a_folder_of_the_system_is_refused_beside_its_field(
    environment: Environment, dora: User
) -> None:
    answer = send(
        signed_in(dora),
        f"/environments/{environment.pk}/settings",
        type="production",
        server=environment.server_id,
        deploy_path="/etc",
    )
    assert answer.status_code == 400
    assert "/etc belongs to the system." in Page(answer).text
    environment.refresh_from_db()
    assert environment.deploy_path == "/srv/shop"


@pytest.mark.parametrize("tab", ["settings", "variables"])
def test_who_may_not_change_reads_it_and_is_told_so(
    environment: Environment, alice: User, tab: str
) -> None:
    url = f"/environments/{environment.pk}/{tab}"
    client = signed_in(alice)
    refusal = "You don't have permission to change this project."
    assert refusal in read(client, url).text
    assert client.post(url, {"name": "x"}).status_code == 403


def test_a_secret_value_is_never_shown_again(
    environment: Environment, dora: User
) -> None:
    client = signed_in(dora)
    url = f"/environments/{environment.pk}/variables"
    send(client, url, name="API_KEY", value="s3cret-value", is_secret="on")
    send(client, url, name="WORKERS", value=" 4\r\n5 ", is_secret="")

    page = read(client, url)

    assert "s3cret-value" not in page.html
    assert "API_KEY secret, never shown" in page.text
    stored = {variable.name: variable.value for variable in environment.variables.all()}
    assert stored == {"API_KEY": "s3cret-value", "WORKERS": " 4\n5 "}


def test_a_refused_secret_is_not_sent_back_in_the_page(
    environment: Environment, dora: User
) -> None:
    answer = send(
        signed_in(dora),
        f"/environments/{environment.pk}/variables",
        name="PATH",
        value="s3cret-value",
        is_secret="on",
    )
    assert answer.status_code == 400
    page = Page(answer)
    assert "PATH is reserved" in page.text
    assert "s3cret-value" not in page.html


def test_a_variable_is_removed_after_asking(
    environment: Environment, dora: User
) -> None:
    set_variable(environment, name="WORKERS", value="4", by=dora)
    client = signed_in(dora)
    url = f"/environments/{environment.pk}/variables/WORKERS/remove"
    assert "Remove WORKERS?" in read(client, url).text
    assert environment.variables.exists()

    assert client.post(url).status_code == 302

    assert not environment.variables.exists()
    assert client.get(url).status_code == 404


def test_more_variables_take_no_more_queries(
    environment: Environment, dora: User
) -> None:
    client = signed_in(dora)
    url = f"/environments/{environment.pk}/variables"
    set_variable(environment, name="FIRST", value="1", by=dora)
    queries = queries_of(client, url)
    for number in range(5):
        set_variable(environment, name=f"MORE_{number}", value="1", by=dora)
    assert queries_of(client, url) == queries
