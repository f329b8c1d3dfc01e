"""From the API to a container and back: real runs, Git, SSH, Docker and registry."""

import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments import runner
from deployments.models import Deployment, Release
from deployments.services import deploy
from projects import services as project_services
from projects.models import Environment, Organization, User
from tests import factories
from tests.api import Api
from tests.deployments.dockerd import BASE, Dockerd
from tests.deployments.engine.repository import Repository
from tests.deployments.registry import Registry
from tests.deployments.sshd import Sshd
from tests.pages import read, signed_in
from tests.ports import free_port

pytestmark = pytest.mark.django_db(transaction=True)

DOCKERFILE = f"""
FROM {BASE}
COPY page.html /page.html
CMD ["sh", "-c", "trap 'exit 0' TERM; httpd -f -p 127.0.0.1:$PORT -h / & wait"]
"""


@pytest.fixture
def registry(engine: Dockerd, tmp_path: Path) -> Iterator[Registry]:
    folder = tmp_path / "pushed"
    folder.mkdir()
    (folder / "Dockerfile").write_text(DOCKERFILE)
    (folder / "page.html").write_text("from the registry\n")
    image = f"pushed-{tmp_path.name}".lower()
    engine.docker("build", "--tag", image, folder)
    registry = Registry(engine, image)
    registry.start()
    yield registry
    registry.stop()


@pytest.fixture
def environment(
    organization: Organization, dora: User, docker_sshd: Sshd, tmp_path: Path
) -> Environment:
    """Builds the commit's own Dockerfile and serves on a port of its own."""
    repository = Repository(tmp_path / "origin")
    repository.commit("Begin", {"Dockerfile": DOCKERFILE, "page.html": "built\n"})
    target = docker_sshd.target
    server = factories.make_server(
        organization,
        by=dora,
        host=target.host,
        port=target.port,
        username=target.username,
        private_key=target.private_key,
        host_key=target.host_key,
    )
    project = factories.make_project(organization, by=dora, git_url=repository.url)
    port = free_port()
    environment = factories.make_environment(
        project,
        server,
        by=dora,
        deploy_path=str(tmp_path / f"srv-{port}"),
        build_command="",
        runtime="docker",
        docker_network="host",
        health_check_url=f"http://127.0.0.1:{port}/page.html",
        health_check_timeout_seconds=20,
    )
    project_services.set_variable(environment, name="PORT", value=str(port), by=dora)
    return environment


def run(deployment: Deployment) -> Deployment:
    runner.run(deployment.pk)
    return Deployment.objects.with_details().get(pk=deployment.pk)


def served(environment: Environment) -> str:
    with urllib.request.urlopen(environment.health_check_url, timeout=5) as answer:
        return str(answer.read().decode())


def test_a_registry_that_refused_is_repaired_and_the_retry_succeeds(
    environment: Environment, registry: Registry, engine: Dockerd, dora: User
) -> None:
    assert run(deploy(environment, by=dora)).status == "success"
    assert served(environment) == "built\n"

    project = environment.project
    login = {"registry_host": registry.host, "registry_username": Registry.USERNAME}
    project_services.change_project(
        project, by=dora, registry_password="no longer valid", **login
    )
    project_services.change_environment(
        environment, by=dora, docker_image=f"{registry.host}/shop:1"
    )
    failed = run(deploy(environment, by=dora))

    assert (failed.status, failed.error_code) == ("failed", "registry_auth_failed")
    assert failed.advised_verb == "retry"
    assert served(environment) == "built\n", "the old container serves on"

    project_services.change_project(
        project, by=dora, registry_password=Registry.PASSWORD
    )
    answer = Api(dora).post(f"/deployments/{failed.pk}/retry", {"reason": "New login."})
    assert answer.status_code == 200
    retried = run(Deployment.objects.get(pk=answer.json()["id"]))

    assert retried.status == "success"
    assert retried.release_id == failed.release_id
    pulled = f"{registry.host}/shop@{registry.digest}"
    assert Release.objects.get(pk=retried.release_id).pulled_image == pulled
    assert served(environment) == "from the registry\n"
    answer = Api(dora).get(f"/deployments/{retried.pk}").json()
    assert answer["container_id"] == engine.docker(
        *("ps", "--quiet", "--no-trunc", "--filter", "label=oec.version=3")
    )
    configuration = Api(dora).get(f"/deployments/{retried.pk}/configuration").json()
    assert configuration["pulled_image"] == pulled
    page = read(signed_in(dora), f"/deployments/{retried.pk}/configuration")
    assert f"Image pulled {pulled}" in page.text
    assert Api(dora).get(f"/deployments/{failed.pk}").json()["container_id"] is None
    engine.docker("rm", "--force", answer["container_id"])
