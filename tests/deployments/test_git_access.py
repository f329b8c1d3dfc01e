"""Access to the Git host is read live: what is repaired there works with a retry."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments import runner, services
from deployments.engine.ssh import fingerprint, generate_key
from deployments.models import Deployment, Event
from projects import services as project_services
from projects.models import Environment, Organization, Project, User
from tests import factories
from tests.deployments.engine.githost import make_certificate, serving
from tests.deployments.engine.repository import Repository, git
from tests.deployments.sshd import SSHD, Sshd

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(SSHD is None, reason="openssh-server is not installed"),
]

TOKEN = "glpat-0123456789abcdef"


@pytest.fixture
def sshd(tmp_path: Path) -> Iterator[Sshd]:
    """The Git host and the server that is deployed to."""
    server = Sshd(tmp_path / "sshd")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    repository = Repository(tmp_path / "origin")
    repository.commit("Begin", {"page.html": "one\n"})
    return repository


@pytest.fixture
def environment(
    organization: Organization,
    dora: User,
    sshd: Sshd,
    repository: Repository,
    tmp_path: Path,
) -> Environment:
    target = sshd.target
    server = factories.make_server(
        organization,
        by=dora,
        host=target.host,
        port=target.port,
        username=target.username,
        private_key=target.private_key,
        host_key=target.host_key,
    )
    address = f"ssh://{target.username}@127.0.0.1:{target.port}{repository.path}"
    project = factories.make_project(organization, by=dora, git_url=address)
    return factories.make_environment(
        project, server, by=dora, deploy_path=str(tmp_path / "srv"), build_command=""
    )


@pytest.fixture
def project(environment: Environment) -> Project:
    return environment.project


def ended(deployment: Deployment) -> Deployment:
    runner.run(deployment.pk)
    return Deployment.objects.with_details().get(pk=deployment.pk)


def assert_failed(deployment: Deployment, code: str) -> None:
    assert (deployment.status, deployment.error_code) == ("failed", code)
    assert deployment.advised_verb == "retry"


def everything_said() -> str:
    events = Event.objects.values_list("text", flat=True)
    errors = Deployment.objects.values_list("error_message", "error_evidence")
    return "\n".join([*events, *(text for row in errors for text in row)])


def test_a_project_is_let_in_step_by_step_and_the_commit_stays_the_same(
    environment: Environment,
    project: Project,
    repository: Repository,
    sshd: Sshd,
    alice: User,
    dora: User,
    tmp_path: Path,
) -> None:
    chosen = git(repository.path, "rev-parse", "HEAD")

    first = ended(services.deploy(environment, by=alice, git_commit=chosen))
    assert_failed(first, "git_host_key_unknown")
    repository.commit("Move on", {"page.html": "two\n"})

    other = generate_key()[1]
    project_services.change_project(project, by=dora, git_host_key=other)
    no_key = ended(services.retry(first, by=alice))
    assert_failed(no_key, "git_deploy_key_missing")

    project_services.generate_deploy_key(project, by=dora)
    wrong_host = ended(services.retry(no_key, by=alice))
    assert_failed(wrong_host, "git_host_key_mismatch")
    assert fingerprint(other) in wrong_host.error_message
    assert fingerprint(sshd.host_key) in wrong_host.error_message

    project_services.change_project(project, by=dora, git_host_key=sshd.host_key)
    not_allowed = ended(services.retry(wrong_host, by=alice))
    assert_failed(not_allowed, "git_auth_failed")

    with (sshd.directory / "authorized_keys").open("a") as file:
        file.write(project.git_public_key + "\n")
    last = ended(services.retry(not_allowed, by=alice))

    assert (last.status, last.attempt) == ("success", 5)
    assert last.release_id == first.release_id
    assert last.release.git_commit == chosen
    assert (tmp_path / "srv" / "current" / "page.html").read_text() == "one\n"
    stored = Project.objects.get(pk=project.pk)
    assert stored.git_deploy_key.splitlines()[2] not in everything_said()


def test_an_address_that_is_corrected_is_used_by_the_retry(
    environment: Environment,
    project: Project,
    repository: Repository,
    sshd: Sshd,
    alice: User,
    dora: User,
) -> None:
    project_services.generate_deploy_key(project, by=dora)
    with (sshd.directory / "authorized_keys").open("a") as file:
        file.write(project.git_public_key + "\n")
    address = project.git_url
    project_services.change_project(
        project, by=dora, git_host_key=sshd.host_key, git_url=f"{address}/elsewhere"
    )
    lost = ended(services.deploy(environment, by=alice))
    assert (lost.status, lost.error_code) == ("failed", "git_repository_not_found")

    project_services.change_project(project, by=dora, git_url=address)
    last = ended(services.retry(lost, by=alice))

    assert last.status == "success"
    assert last.release.git_commit == git(repository.path, "rev-parse", "HEAD")


def test_a_renewed_token_is_used_by_the_retry(
    environment: Environment,
    project: Project,
    repository: Repository,
    alice: User,
    dora: User,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    git(repository.path, "update-server-info")
    (tmp_path / "served").mkdir()
    (tmp_path / "served" / "shop").symlink_to(repository.path / ".git")
    certificate = make_certificate(tmp_path / "certificate.pem")
    monkeypatch.setenv("GIT_SSL_CAINFO", str(certificate))
    with serving(tmp_path / "served", certificate, f"oauth2:{TOKEN}") as host:
        project_services.change_project(
            project, by=dora, git_url=f"{host.url}/shop", git_token="an-expired-token"
        )
        refused = ended(services.deploy(environment, by=alice))
        assert_failed(refused, "git_auth_failed")

        project_services.change_project(project, by=dora, git_token=TOKEN)
        last = ended(services.retry(refused, by=alice))

    assert last.status == "success"
    assert TOKEN not in everything_said()
    assert "an-expired-token" not in everything_said()


def test_a_host_that_is_no_longer_allowed_is_not_fetched_from(
    environment: Environment, alice: User, settings
) -> None:
    settings.GIT_ALLOWED_HOSTS = []
    refused = ended(services.deploy(environment, by=alice))
    assert (refused.status, refused.error_code) == ("failed", "git_url_refused")
    assert "not on the public Internet" in refused.error_message


def test_a_limit_that_is_raised_lets_the_retry_through(
    environment: Environment, project: Project, repository: Repository, alice, dora
) -> None:
    project_services.change_project(project, by=dora, git_url=repository.url)
    (repository.path / "large").write_bytes(bytes(range(256)) * 4096)
    repository.commit("Grow", {})
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("django.conf.settings.MAX_REPOSITORY_BYTES", 1024)
        refused = ended(services.deploy(environment, by=alice))
    assert_failed(refused, "git_repository_too_large")
    assert ended(services.retry(refused, by=alice)).status == "success"
