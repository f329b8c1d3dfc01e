"""After a restored backup: the project continues after what its servers have seen."""

from collections.abc import Iterator
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command

from deployments.engine.inspection.fences import HIGHEST_VERSION
from deployments.services import catch_up
from projects.models import AuditEntry, Environment, Organization, Project, User
from tests import factories
from tests.api import Api
from tests.deployments.sshd import SSHD, Sshd
from tests.pages import Page, read, send, signed_in

pytestmark = pytest.mark.skipif(SSHD is None, reason="openssh-server is not installed")


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    server = Sshd(tmp_path_factory.mktemp("catching-up") / "server")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def fence(
    organization: Organization, project: Project, dora: User, sshd: Sshd, tmp_path: Path
) -> Path:
    """Where the server remembers what it has seen of the project: v8."""
    server = factories.make_server(
        organization,
        by=dora,
        host="127.0.0.1",
        port=sshd.port,
        username=sshd.target.username,
        private_key=sshd.private_key,
        host_key=sshd.host_key,
    )
    path = tmp_path / "srv"
    factories.make_environment(project, server, by=dora, deploy_path=str(path))
    (path / ".oec").mkdir(parents=True)
    fence = path / ".oec" / "fence"
    fence.write_text(f"8 {project.pk}\n")
    return fence


def last_version() -> int:
    return Project.objects.values_list("last_version", flat=True).get()


def test_the_project_continues_after_the_newest_version_of_its_servers(
    project: Project, fence: Path, dora: User
) -> None:
    caught_up = catch_up(project, by=dora)

    assert (caught_up.before, caught_up.last_version) == (0, 8)
    assert [seen.sentence for seen in caught_up.servers] == ["It has seen v8."]
    assert last_version() == 8
    entry = AuditEntry.objects.get(action="project.caught_up")
    assert entry.facts == {"before": 0, "after": 8}


def test_it_never_goes_back(project: Project, fence: Path, dora: User) -> None:
    Project.objects.update(last_version=9)
    assert catch_up(project, by=dora).last_version == 9
    assert last_version() == 9
    assert not AuditEntry.objects.filter(action="project.caught_up").exists()


@pytest.mark.parametrize(
    "text",
    [
        "8 00000000-0000-4000-8000-000000000000",
        *("8", "", "eight {}", "-8 {}", "8" * 30),
        f"{HIGHEST_VERSION + 1} {{}}",
    ],
)
def test_what_is_no_version_of_this_project_counts_for_nothing(
    project: Project, fence: Path, dora: User, text: str
) -> None:
    fence.write_text(text.format(project.pk))
    assert catch_up(project, by=dora).last_version == 0


def test_a_server_that_does_not_answer_is_named_and_others_count(
    organization: Organization, project: Project, fence: Path, dora: User
) -> None:
    gone = factories.make_server(
        organization, by=dora, name="gone", host="127.0.0.1", port=1
    )
    factories.make_environment(
        project, gone, by=dora, name="far", deploy_path="/srv/far"
    )

    caught_up = catch_up(project, by=dora)

    assert caught_up.last_version == 8
    versions = {seen.server: seen.version for seen in caught_up.servers}
    assert versions == {"gone": None, "web-1": 8}


def test_the_api_tells_what_each_server_said(
    project: Project, fence: Path, dora: User, bob: User
) -> None:
    path = f"/projects/{project.pk}/catch-up"
    assert Api(bob).post(path).status_code == 403
    assert last_version() == 0
    answer = Api(dora).post(path)
    assert answer.status_code == 200
    assert answer.json() == {
        "before": 0,
        "last_version": 8,
        "servers": [{"server": "web-1", "version": 8, "sentence": "It has seen v8."}],
    }


def test_a_failure_leads_to_the_button_and_the_button_helps(
    project: Project, fence: Path, dora: User
) -> None:
    environment = Environment.objects.get()
    failed = factories.make_deployment(
        environment, by=dora, error_code="console_behind"
    )
    client = signed_in(dora)
    url = f"/projects/{project.pk}/catch-up"
    page = read(client, f"/deployments/{failed.pk}")
    assert page.links["Catch up with the servers"] == url
    assert "The project is at v1." in read(client, url).text

    answered = Page(send(client, url))

    assert "continues after v8" in answered.text
    assert last_version() == 8


def test_who_may_not_change_the_project_sees_no_button(
    project: Project, fence: Path, dora: User, alice: User
) -> None:
    environment = Environment.objects.get()
    failed = factories.make_deployment(
        environment, by=dora, error_code="console_behind"
    )
    page = read(signed_in(alice), f"/deployments/{failed.pk}")
    assert "Catch up with the servers" not in page.links
    assert signed_in(alice).post(f"/projects/{project.pk}/catch-up").status_code == 403


def test_the_command_catches_up_with_every_server_at_once(
    project: Project, fence: Path, dora: User
) -> None:
    out = StringIO()
    call_command("catch_up", username=dora.username, stdout=out)
    assert "Shop: continues after v8 instead of v0." in out.getvalue()
    assert last_version() == 8
