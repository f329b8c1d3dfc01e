"""Images: pulled with a login, pinned for a retry, removed with their releases."""

import base64
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from deployments.engine.pipeline import Registry as Login
from tests.deployments.dockerd import Dockerd
from tests.deployments.engine.docker_lab import (
    DockerLab,
    diagnosed,
)
from tests.deployments.registry import Registry


@pytest.fixture
def registry(engine: Dockerd, docker: DockerLab, tmp_path: Path) -> Iterator[Registry]:
    registry = Registry(engine, docker.build("one"))
    registry.start()
    yield registry
    registry.stop()


def test_an_image_is_pulled_with_the_projects_login(
    docker: DockerLab, registry: Registry
) -> None:
    login = Login(registry.host, Registry.USERNAME, Registry.PASSWORD)
    docker.succeed(docker_image=f"{registry.host}/shop:1", registry=login)
    assert docker.served() == "one\n"
    files = [file for file in docker.path.rglob("*") if file.is_file()]
    encoded = base64.b64encode(f"{login.username}:{login.password}".encode())
    for form in (login.password.encode(), encoded):
        assert not [file for file in files if form in file.read_bytes()]


def test_a_wrong_login_is_repaired_outside_and_retried(
    docker: DockerLab, registry: Registry
) -> None:
    image = f"{registry.host}/shop:1"
    wrong = Login(registry.host, Registry.USERNAME, "not the password")
    failed = docker.deploy(docker_image=image, registry=wrong)
    diagnosis = diagnosed(failed, "build")
    assert (diagnosis.code, diagnosis.verb) == ("registry_auth_failed", "retry")
    assert b"not the password" not in failed.log

    right = Login(registry.host, Registry.USERNAME, Registry.PASSWORD)
    again = docker.retry(failed, registry=right)
    assert again.error is None
    assert docker.served() == "one\n"


def test_a_tag_that_moves_takes_no_retry_along(
    docker: DockerLab, registry: Registry
) -> None:
    named = {
        "docker_image": f"{registry.host}/shop:1",
        "registry": Login(registry.host, Registry.USERNAME, Registry.PASSWORD),
    }
    first = docker.deploy(**named, release_command="exit 1")
    assert first.images == [f"{registry.host}/shop@{registry.digest}"]
    registry.move_tag(docker.engine, docker.build("two"))

    newer = docker.succeed(**named)
    assert docker.served() == "two\n"
    assert newer.images != first.images

    repaired = replace(first.plan.settings, release_command="")
    again = docker.succeed(**named, settings=repaired, pulled_image=first.images[0])
    assert docker.served() == "one\n"
    assert again.images == []


def test_a_pinned_image_that_is_here_needs_no_registry(
    docker: DockerLab, registry: Registry
) -> None:
    named = {
        "docker_image": f"{registry.host}/shop:1",
        "registry": Login(registry.host, Registry.USERNAME, Registry.PASSWORD),
    }
    first = docker.succeed(**named)
    registry.is_limited = True
    docker.succeed(**named, pulled_image=first.images[0])
    assert docker.running == ["v2"]


def test_a_pull_limit_is_told(docker: DockerLab, registry: Registry) -> None:
    registry.is_limited = True
    login = Login(registry.host, Registry.USERNAME, Registry.PASSWORD)
    failed = docker.deploy(docker_image=f"{registry.host}/shop:1", registry=login)
    diagnosis = diagnosed(failed, "build")
    assert (diagnosis.code, diagnosis.verb) == ("registry_rate_limited", "retry")


def test_images_of_removed_releases_go_with_them(docker: DockerLab) -> None:
    for _ in range(3):
        docker.succeed(keep_releases=1)
    images = docker.engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}")
    mine = [image for image in images.split() if f"oec-{docker.path.name}-" in image]
    # The live one, and the one before it to roll back to.
    assert len(mine) == 2
