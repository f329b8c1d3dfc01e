"""Projects and servers in the administration, and who sees which place there."""

from typing import Any

import pytest
from django.test import Client

from projects import permissions, services
from projects.models import (
    AuditEntry,
    Environment,
    Organization,
    OrganizationRole,
    Project,
    Server,
    User,
    Variable,
)
from tests import factories
from tests.administration import (
    adding,
    enter,
    enter_as_superuser,
    list_of,
    messages,
    page_of,
    queries_of,
    send,
    submit,
)
from tests.projects.places import SECRET, assert_no_secrets, last_entry, rows_of

pytestmark = pytest.mark.ignore_template_errors

LOOKING = (
    "view_project",
    "view_environment",
    "view_variable",
    "view_server",
    "view_projectmembership",
)


@pytest.fixture
def door(dora: User) -> Client:
    return enter_as_superuser(dora)


def test_a_project_added_here_gives_every_role_its_rights(
    door: Client, organization: Organization, alice: User
) -> None:
    submit(
        door,
        adding(Project),
        organization=organization.pk,
        name="Blog",
        git_url="https://git.example.org/blog.git",
        git_token=SECRET,
    )
    project = Project.objects.get(name="Blog")
    assert permissions.can_deploy(alice, project)
    assert project.git_token == SECRET
    assert last_entry("project.created").object_id == str(project.pk)


def test_a_new_project_is_shown_with_what_was_stored(
    door: Client, organization: Organization
) -> None:
    answer = submit(
        door,
        adding(Project),
        organization=organization.pk,
        name="Blog",
        git_url="https://git.example.org/blog.git",
        _continue="on",
    )
    assert answer["Location"] == page_of(Project.objects.get(name="Blog"))


def test_a_blank_token_keeps_the_stored_one(
    door: Client, organization: Organization, dora: User
) -> None:
    project = factories.make_project(organization, by=dora, git_token=SECRET)
    submit(door, page_of(project), name="Boutique")
    stored = Project.objects.get(pk=project.pk)
    assert (stored.name, stored.git_token) == ("Boutique", SECRET)
    assert last_entry("project.changed").facts == {"changes": {"name": "Boutique"}}


def test_a_new_token_replaces_the_old_one_and_is_audited_without_its_value(
    door: Client, organization: Organization, dora: User
) -> None:
    project = factories.make_project(organization, by=dora, git_token="old-token")
    submit(door, page_of(project), git_token=SECRET)
    assert Project.objects.get(pk=project.pk).git_token == SECRET
    facts = last_entry("project.changed").facts
    assert facts == {"changes": {"git_token": "(secret)"}}


@pytest.mark.parametrize("name", ["git_token", "registry_password"])
def test_a_stored_secret_can_be_removed(
    door: Client, organization: Organization, dora: User, name: str
) -> None:
    project = factories.make_project(organization, by=dora, **{name: SECRET})
    submit(door, page_of(project), **{f"remove_{name}": "on"})
    assert getattr(Project.objects.get(pk=project.pk), name) == ""
    assert last_entry("project.changed").facts == {"changes": {name: "(removed)"}}
    assert "Remove the stored" not in door.get(page_of(project)).content.decode()


def test_a_stored_private_key_can_be_removed(door: Client, server: Server) -> None:
    submit(door, page_of(server), remove_private_key="on")
    assert Server.objects.get(pk=server.pk).private_key == ""


def test_a_secret_is_not_both_replaced_and_removed(
    door: Client, organization: Organization, dora: User
) -> None:
    project = factories.make_project(organization, by=dora, git_token=SECRET)
    answer = send(door, page_of(project), git_token="another", remove_git_token="on")
    assert "Enter a new value or remove the stored one." in answer.content.decode()
    assert Project.objects.get(pk=project.pk).git_token == SECRET


def test_who_may_only_look_is_offered_nothing_to_remove(
    organization: Organization, dora: User, bob: User
) -> None:
    project = factories.make_project(organization, by=dora, git_token=SECRET)
    page = enter(bob, *LOOKING).get(page_of(project))
    assert page.status_code == 200
    assert "Remove the stored" not in page.content.decode()


def test_no_page_contains_a_secret(
    door: Client,
    project: Project,
    server: Server,
    environment: Environment,
    variable: Variable,
    dora: User,
) -> None:
    services.change_project(project, by=dora, git_token="git-token-of-the-shop")
    for url in (
        *(page_of(project), page_of(environment), page_of(server)),
        *(list_of(Project), list_of(Environment), list_of(Server)),
    ):
        assert_no_secrets(door.get(url).text)


def test_those_who_may_only_look_see_no_secret_either(
    project: Project,
    server: Server,
    environment: Environment,
    variable: Variable,
    bob: User,
    dora: User,
) -> None:
    services.change_project(project, by=dora, git_token="git-token-of-the-shop")
    door = enter(bob, *LOOKING)
    for row in (project, environment, server):
        page = door.get(page_of(row))
        assert page.status_code == 200
        assert_no_secrets(page.text)
    assert "API_KEY" in door.get(page_of(environment)).text


def test_model_permissions_alone_change_nothing_of_a_project(
    project: Project,
    environment: Environment,
    server: Server,
    variable: Variable,
    alice: User,
) -> None:
    changing = [name.replace("view", "change") for name in LOOKING]
    door = enter(alice, *LOOKING, *changing, "add_variable", "add_project")
    for row in (project, environment, server):
        page = door.get(page_of(row))
        assert 'name="name"' not in page.text
        assert_no_secrets(page.text)
        assert door.post(page_of(row), {"name": "mine"}).status_code == 403


def test_a_typed_secret_is_not_sent_back_with_the_errors(
    door: Client, server: Server
) -> None:
    page = send(door, page_of(server), host="not a host", private_key=SECRET)
    assert page.status_code == 200
    assert "Write a host name or an IP address." in page.text
    assert SECRET not in page.text


def test_a_servers_page_shows_the_fingerprint_of_its_host_key(
    door: Client, server: Server
) -> None:
    assert server.host_key_fingerprint in door.get(page_of(server)).text


def test_a_blank_private_key_keeps_the_stored_one(door: Client, server: Server) -> None:
    private_key, _ = factories.key_pair()
    submit(door, page_of(server), host="web-2.example.org")
    stored = Server.objects.get(pk=server.pk)
    assert stored.host == "web-2.example.org"
    assert stored.private_key == private_key


def test_a_new_host_key_is_an_act_of_its_own_in_the_audit_trail(
    door: Client, server: Server
) -> None:
    before = server.host_key_fingerprint
    submit(door, page_of(server), host_key="")
    entry = last_entry("server.host_key_accepted")
    assert entry.facts == {"before": before, "after": ""}


def test_a_server_added_here_can_be_used(
    door: Client, organization: Organization
) -> None:
    private_key, host_key = factories.key_pair()
    submit(
        door,
        adding(Server),
        organization=organization.pk,
        name="web-9",
        host="192.0.2.9",
        username="deploy",
        # As browsers send it.
        private_key=private_key.replace("\n", "\r\n"),
        host_key=host_key,
    )
    server = Server.objects.get(name="web-9")
    assert server.private_key == private_key.strip()
    assert last_entry("server.created").facts["at"] == "deploy@192.0.2.9:22"


def test_staff_see_and_choose_only_what_the_product_shows_them(
    project: Project, server: Server, environment: Environment, charlie: User
) -> None:
    services.create_project(
        charlie.memberships.get().organization,
        by=charlie,
        name="Elsewhere's own",
        git_url="https://git.example.org/own.git",
    )
    door = enter(charlie, *LOOKING, "add_environment", "change_environment")
    for row in (project, environment, server):
        assert row.name not in rows_of(door.get(list_of(type(row))))
        assert door.get(page_of(row)).status_code == 302
    form = door.get(adding(Environment)).context["adminform"].form
    assert project not in form.fields["project"].queryset
    assert server not in form.fields["server"].queryset


def test_a_project_cannot_be_added_where_one_does_not_administer(
    organization: Organization, alice: User
) -> None:
    door = enter(alice, "view_project", "add_project", "change_project")
    answer = send(
        door,
        adding(Project),
        organization=organization.pk,
        name="Mine",
        git_url="https://git.example.org/mine.git",
    )
    assert answer.status_code == 302
    assert "An administrator of the organization can." in messages(answer)[0]
    assert not Project.objects.filter(name="Mine").exists()


def test_an_administrator_of_an_organization_works_in_it_as_staff(
    organization: Organization, alice: User, dora: User
) -> None:
    services.set_member(organization, user=alice, role=OrganizationRole.ADMIN, by=dora)
    door = enter(alice, "view_project", "add_project", "change_project")
    submit(
        door,
        adding(Project),
        organization=organization.pk,
        name="Ours",
        git_url="https://git.example.org/ours.git",
    )
    assert last_entry("project.created").actor == alice


@pytest.mark.parametrize("address", ["javascript:alert(1)", "file:///etc", "ftp://x"])
def test_addresses_that_are_no_repositories_are_refused(
    door: Client, organization: Organization, dora: User, address: str, settings: Any
) -> None:
    settings.ALLOW_LOCAL_GIT = False
    project = factories.make_project(organization, by=dora)
    page = send(door, page_of(project), git_url=address)
    assert page.status_code == 200
    assert page.context["adminform"].form.errors["git_url"]


@pytest.mark.parametrize("model", [Project, Environment, Server, AuditEntry])
def test_a_list_takes_as_many_queries_for_10_rows_as_for_one(
    door: Client,
    organization: Organization,
    environment: Environment,
    dora: User,
    model: Any,
) -> None:
    few = queries_of(door, list_of(model))
    for number in range(10):
        server = factories.make_server(organization, by=dora, name=f"web-{number}x")
        project = factories.make_project(organization, by=dora, name=f"p{number}")
        folder = f"/srv/p{number}"
        factories.make_environment(project, server, by=dora, deploy_path=folder)
    assert queries_of(door, list_of(model)) == few


def test_the_audit_trail_is_only_read(door: Client, project: Project) -> None:
    entry = AuditEntry.objects.all()[0]
    assert entry.action in door.get(page_of(entry)).text
    assert door.get(adding(AuditEntry)).status_code == 403
    assert door.post(page_of(entry), {"action": "x"}).status_code == 403
    delete = page_of(entry).replace("/change/", "/delete/")
    assert door.post(delete, {"post": "yes"}).status_code == 403
    assert "delete_selected" not in door.get(list_of(AuditEntry)).text
