"""The key pair that opens a project's repository: made here, half of it shown."""

import pytest

from projects import services
from projects.models import AuditEntry, Organization, Project, User
from tests import factories
from tests.administration import enter, enter_as_superuser, list_of, messages, page_of
from tests.api import Api
from tests.pages import read, send, signed_in

ADDRESS = "ssh://git@git.example.org/acme/shop.git"


@pytest.fixture
def project(organization: Organization, dora: User) -> Project:
    return factories.make_project(organization, by=dora, git_url=ADDRESS)


@pytest.fixture
def with_key(project: Project, dora: User) -> Project:
    return services.generate_deploy_key(project, by=dora)


def secret_of(project: Project) -> str:
    """A line of the private half that is like no other."""
    return Project.objects.get(pk=project.pk).git_deploy_key.splitlines()[2]


def last_entry() -> AuditEntry:
    return AuditEntry.objects.filter(action="project.deploy_key_generated")[0]


def test_a_pair_is_stored_and_only_its_public_half_is_audited(
    project: Project, dora: User
) -> None:
    services.generate_deploy_key(project, by=dora, address="192.0.2.1")
    stored = Project.objects.get(pk=project.pk)
    assert stored.git_deploy_key.startswith("-----BEGIN OPENSSH PRIVATE KEY-----")
    assert stored.git_public_key.startswith("ssh-ed25519 ")
    fingerprint = stored.git_public_key_fingerprint
    assert last_entry().facts == {"before": "", "after": fingerprint}
    assert last_entry().address == "192.0.2.1"

    services.generate_deploy_key(project, by=dora)

    assert last_entry().facts["before"] == fingerprint
    assert last_entry().facts["after"] != fingerprint
    assert Project.objects.get(pk=project.pk).git_deploy_key != stored.git_deploy_key


def test_the_page_makes_a_pair_and_shows_its_public_half(
    project: Project, dora: User
) -> None:
    client = signed_in(dora)
    url = f"/projects/{project.pk}/deploy-key"
    assert read(client, f"/projects/{project.pk}/edit").links["Generate a deploy key"]

    assert send(client, url).headers["Location"] == url

    project.refresh_from_db()
    page = read(client, url)
    assert project.git_public_key in page.text
    assert project.git_public_key_fingerprint in page.text
    for seen in (page, read(client, f"/projects/{project.pk}/edit")):
        assert secret_of(project) not in seen.html
        assert "PRIVATE KEY" not in seen.html


def test_a_key_is_replaced_only_by_who_has_seen_it(
    with_key: Project, dora: User
) -> None:
    client = signed_in(dora)
    url = f"/projects/{with_key.pk}/deploy-key"
    assert "The present key stops working at once" in read(client, url).text

    client.post(url)
    assert Project.objects.get().git_public_key == with_key.git_public_key
    assert "Somebody has just generated another key" in read(client, url).text

    send(client, url)
    assert Project.objects.get().git_public_key != with_key.git_public_key


def test_the_pages_are_for_those_who_may_change_the_project(
    project: Project, alice: User, charlie: User
) -> None:
    url = f"/projects/{project.pk}/deploy-key"
    for user, status in ((alice, 403), (charlie, 404)):
        assert signed_in(user).get(url).status_code == status
        assert signed_in(user).post(url).status_code == status
    assert not Project.objects.get().git_public_key


def test_the_api_answers_with_the_public_half(project: Project, dora: User) -> None:
    answer = Api(dora).post(f"/projects/{project.pk}/deploy-key")
    assert answer.status_code == 200
    stored = Project.objects.get(pk=project.pk)
    assert answer.json() == {
        "git_public_key": stored.git_public_key,
        "fingerprint": stored.git_public_key_fingerprint,
    }
    read_back = Api(dora).get(f"/projects/{project.pk}")
    assert read_back.json()["git_public_key"] == stored.git_public_key
    for response in (answer, read_back, Api(dora).get("/audit")):
        assert secret_of(project) not in response.content.decode()


def test_a_key_is_removed_by_who_has_seen_it(with_key: Project, dora: User) -> None:
    client = signed_in(dora)
    url = f"/projects/{with_key.pk}/deploy-key"

    client.post(url, {"remove": "", "replaces": "SHA256:another"})
    assert Project.objects.get().git_public_key == with_key.git_public_key

    send(client, url, remove="")
    stored = Project.objects.get()
    assert (stored.git_deploy_key, stored.git_public_key) == ("", "")
    assert "Generate a deploy key" in read(client, url).text
    entry = AuditEntry.objects.get(action="project.deploy_key_removed")
    assert entry.facts == {"before": with_key.git_public_key_fingerprint}


def test_the_api_removes_a_key_and_needs_none_to_be_there(
    with_key: Project, dora: User
) -> None:
    for _ in range(2):
        answer = Api(dora).delete(f"/projects/{with_key.pk}/deploy-key")
        assert answer.status_code == 204
    assert not Project.objects.get().git_deploy_key
    assert AuditEntry.objects.filter(action="project.deploy_key_removed").count() == 1


@pytest.mark.ignore_template_errors
def test_the_administration_removes_keys(
    with_key: Project, organization: Organization, dora: User
) -> None:
    other = factories.make_project(organization, by=dora, name="Blog")

    answer = enter_as_superuser(dora).post(
        list_of(Project),
        {
            "action": "remove_deploy_keys",
            "_selected_action": [with_key.pk, other.pk],
        },
    )

    assert sorted(messages(answer)) == [
        "Blog: has no deploy key.",
        f"Shop: {with_key.git_public_key_fingerprint} is removed. Withdraw it at the "
        "Git host, too.",
    ]
    assert not Project.objects.get(pk=with_key.pk).git_public_key


@pytest.mark.parametrize("field", ["git_deploy_key", "git_public_key"])
def test_nobody_brings_a_key_of_their_own(
    with_key: Project, dora: User, field: str
) -> None:
    path = f"/projects/{with_key.pk}"
    Api(dora).patch(path, {field: "ssh-ed25519 AAAA"})
    stored = Project.objects.get()
    assert stored.git_public_key == with_key.git_public_key
    assert secret_of(with_key) == with_key.git_deploy_key.splitlines()[2]


@pytest.mark.ignore_template_errors
def test_the_administration_makes_keys_for_projects_without_one(
    project: Project, organization: Organization, dora: User
) -> None:
    other = factories.make_project(organization, by=dora, name="Blog")
    services.generate_deploy_key(other, by=dora)
    door = enter_as_superuser(dora)

    answer = door.post(
        list_of(Project),
        {
            "action": "generate_deploy_keys",
            "_selected_action": [project.pk, other.pk],
        },
    )

    made = Project.objects.get(pk=project.pk)
    assert sorted(messages(answer)) == [
        "Blog: has a deploy key. Replace it on the project's own page.",
        f"Shop: allow this key at the Git host: {made.git_public_key}",
    ]
    assert secret_of(project) not in door.get(page_of(project)).text


@pytest.mark.ignore_template_errors
@pytest.mark.parametrize("action", ["generate_deploy_keys", "remove_deploy_keys"])
def test_model_permissions_alone_touch_no_key(
    with_key: Project, alice: User, action: str
) -> None:
    door = enter(alice, "view_project", "change_project")
    answer = door.post(
        list_of(Project), {"action": action, "_selected_action": [with_key.pk]}
    )
    assert messages(answer) == [
        "Shop: you don't have permission to change this project."
    ]
    assert Project.objects.get().git_public_key == with_key.git_public_key
