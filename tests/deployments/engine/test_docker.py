"""Runtime docker, on a real engine behind a real sshd."""

import base64
import json
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from deployments import diagnosis
from deployments.diagnosis import Diagnosis
from deployments.engine.exceptions import CancelRequested, CommandFailed, EngineError
from deployments.engine.pipeline import Registry as Login
from deployments.engine.pipeline import Settings
from tests.deployments.dockerd import BASE, Dockerd
from tests.deployments.engine.lab import Deployment, Lab
from tests.deployments.engine.repository import Repository
from tests.deployments.registry import Registry
from tests.deployments.sshd import Sshd, free_port
from tests.processes import wait_until

DOCKERFILE = f"""
FROM {BASE}
COPY app.txt serve.sh /app/
CMD ["sh", "/app/serve.sh"]
"""
SERVE = 'trap "exit 0" TERM; httpd -f -p 127.0.0.1:$PORT -h /app & wait'
UNHEALTHY = """
HEALTHCHECK --interval=1s --retries=1 CMD echo no database; false
"""


class DockerLab(Lab):
    """An environment that serves ``app.txt`` from a container on a port of its own."""

    def __init__(
        self, directory: Path, server: Sshd, origin: Repository, engine: Dockerd
    ) -> None:
        super().__init__(directory, server, origin)
        self.engine = engine
        self.port = free_port()
        self.images: list[str] = []

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/app.txt"

    @property
    def running(self) -> list[str]:
        """The versions whose containers run, such as ``v1``."""
        return self._versions()

    @property
    def existing(self) -> list[str]:
        return self._versions("--all")

    def settings(self) -> Settings:
        return replace(
            super().settings(),
            runtime="docker",
            docker_network="host",
            health_check_url=self.url,
        )

    def variables(self) -> dict[str, str]:
        return {"PORT": str(self.port)}

    def served(self) -> str:
        with urllib.request.urlopen(self.url, timeout=5) as answer:
            return str(answer.read().decode())

    def build(self, text: str) -> str:
        """An image that serves ``text``; its name."""
        folder = self.path.with_name(f"image-{text}")
        folder.mkdir()
        for name in ("Dockerfile", "serve.sh"):
            (folder / name).write_text((self.origin.path / name).read_text())
        (folder / "app.txt").write_text(f"{text}\n")
        image = f"pushed-{text}-{self.port}"
        self.engine.docker("build", "--tag", image, folder)
        self.images.append(image)
        return image

    def container(self, deployment: Deployment) -> Any:
        (facts,) = json.loads(self.engine.docker("inspect", deployment.containers[0]))
        return facts

    def _versions(self, *options: str) -> list[str]:
        label = '{{.Names}} {{.Label "oec.version"}}'
        listed = self.engine.docker("ps", *options, "--format", label)
        lines = (line.partition(" ") for line in listed.splitlines())
        mine = f"oec-{self.path.name}-"
        return sorted(f"v{version}" for name, _, version in lines if mine in name)


@pytest.fixture
def docker(
    tmp_path: Path, docker_sshd: Sshd, origin: Repository, engine: Dockerd
) -> Iterator[DockerLab]:
    origin.commit("Serve", {"Dockerfile": DOCKERFILE, "serve.sh": SERVE})
    lab = DockerLab(tmp_path, docker_sshd, origin, engine)
    lab.path = tmp_path / f"srv-{lab.port}"
    yield lab
    for name in engine.names("--all"):
        if f"oec-{lab.path.name}-" in name:
            engine.docker("rm", "--force", name)
    for image in lab.images:
        engine.docker("rmi", "--force", image)


@pytest.fixture
def registry(engine: Dockerd, docker: DockerLab, tmp_path: Path) -> Iterator[Registry]:
    registry = Registry(engine, docker.build("one"))
    registry.start()
    yield registry
    registry.stop()


def diagnosed(deployment: Deployment, step: str) -> Diagnosis:
    match deployment.error:
        case CommandFailed() as error:
            return diagnosis.diagnose(step, error.exit_code, error.output)
        case EngineError() as error:
            return diagnosis.failure(error.code, **error.facts)
    raise AssertionError(deployment.error)


def test_the_commits_own_image_is_built_and_serves(docker: DockerLab) -> None:
    first = docker.succeed()
    assert docker.served() == "one\n"
    facts = docker.container(first)
    assert facts["State"]["Running"]
    labels = facts["Config"]["Labels"]
    assert labels["oec.commit"] == first.commit
    assert labels["oec.deployment"] == str(first.plan.deployment_id)
    assert facts["HostConfig"]["RestartPolicy"]["Name"] == "unless-stopped"


def test_the_next_version_takes_over_and_the_old_container_is_gone(
    docker: DockerLab,
) -> None:
    docker.succeed()
    docker.origin.commit("Change", {"app.txt": "two\n"})
    docker.succeed()
    assert docker.served() == "two\n"
    assert docker.existing == ["v2"]


def test_images_of_removed_releases_go_with_them(docker: DockerLab) -> None:
    for _ in range(3):
        docker.succeed(keep_releases=1)
    images = docker.engine.docker("images", "--format", "{{.Repository}}:{{.Tag}}")
    mine = [image for image in images.split() if f"oec-{docker.path.name}-" in image]
    # The live one, and the one before it to roll back to.
    assert len(mine) == 2


@contextmanager
def requests_in_a_loop(docker: DockerLab) -> Iterator[list[str]]:
    """Every answer, or the name of the error, until the block ends."""
    answers: list[str] = []
    over = threading.Event()

    def ask() -> None:
        while not over.wait(0.01):
            try:
                answers.append(docker.served())
            except (urllib.error.URLError, OSError) as error:
                answers.append(type(error).__name__)

    thread = threading.Thread(target=ask)
    thread.start()
    yield answers
    over.set()
    thread.join()


@pytest.mark.parametrize(
    ("dockerfile", "code", "verb"),
    [
        ("FROM scratch\nNOPE", "dockerfile_invalid", "redeploy"),
        (f"{DOCKERFILE}RUN exit 7", "image_build_failed", "none"),
        (f"{DOCKERFILE}COPY gone /", "dockerfile_invalid", "redeploy"),
    ],
)
def test_while_a_build_fails_the_old_version_serves(
    docker: DockerLab, dockerfile: str, code: str, verb: str
) -> None:
    docker.succeed()
    docker.origin.commit("Break the build", {"Dockerfile": dockerfile})
    with requests_in_a_loop(docker) as answers:
        failed = docker.deploy()
    found = diagnosed(failed, "build")
    assert set(answers) == {"one\n"}
    assert (found.code, found.verb) == (code, verb)
    assert docker.existing == ["v1"]


def test_an_application_that_ends_is_told_by_its_own_words(docker: DockerLab) -> None:
    docker.succeed()
    docker.origin.commit("Die", {"serve.sh": "echo out of luck; exit 9"})
    failed = docker.deploy()
    found = diagnosed(failed, "check")
    assert found.code == "container_exited"
    assert "exit code 9" in found.message
    assert b"out of luck" in failed.log
    assert docker.existing == ["v1"]
    wait_until(lambda: docker.served() == "one\n")


def test_an_unhealthy_container_is_replaced_by_the_one_before(
    docker: DockerLab,
) -> None:
    docker.succeed()
    docker.origin.commit("Worsen", {"Dockerfile": DOCKERFILE + UNHEALTHY})
    failed = docker.deploy(health_check_timeout_seconds=20)
    assert failed.code == "container_unhealthy"
    assert "no database" in diagnosed(failed, "check").message
    assert docker.existing == ["v1"]
    wait_until(lambda: docker.served() == "one\n")


def test_an_address_that_does_not_answer_fails_the_check(docker: DockerLab) -> None:
    failed = docker.deploy(
        health_check_url=f"{docker.url}.gone", health_check_timeout_seconds=1
    )
    assert failed.code == "health_check_failed"
    assert "answered 404" in diagnosed(failed, "check").message
    assert docker.existing == []


def test_the_health_check_command_runs_inside(docker: DockerLab) -> None:
    docker.succeed(health_check_url="", health_check_command="test -f /app/app.txt")
    failed = docker.deploy(
        health_check_url="",
        health_check_command="echo lost; test -f /app/gone",
        health_check_timeout_seconds=1,
    )
    assert failed.code == "health_check_failed"
    assert "lost" in diagnosed(failed, "check").message


def test_a_port_that_somebody_else_has_is_told(docker: DockerLab) -> None:
    busy = "httpd -f -p 127.0.0.1:$PORT -h /app || { sleep 0.1; exit 1; }"
    docker.origin.commit("Serve plainly", {"serve.sh": busy})
    docker.engine.docker(
        *("run", "--detach", "--network", "host", "--name", f"other-{docker.port}"),
        *(BASE, "httpd", "-f", "-p", f"127.0.0.1:{docker.port}"),
    )
    try:
        failed = docker.deploy(health_check_url="")
    finally:
        docker.engine.docker("rm", "--force", f"other-{docker.port}")
    found = diagnosed(failed, "check")
    assert (found.code, found.verb) == ("port_in_use", "retry")


def test_the_release_command_runs_in_the_new_image(docker: DockerLab) -> None:
    secret = "line one\nline 'two'"
    released = docker.succeed(
        release_command='cat /app/app.txt; echo "$MOTTO"; echo $OEC_VERSION',
        variables={"PORT": str(docker.port), "MOTTO": secret},
    )
    assert f"one\n{secret}\n1\n".encode() in released.log


def test_a_failing_release_command_changes_nothing(docker: DockerLab) -> None:
    docker.succeed()
    with requests_in_a_loop(docker) as answers:
        failed = docker.deploy(release_command="echo no; exit 4")
    assert isinstance(failed.error, CommandFailed)
    assert failed.error.exit_code == 4
    assert set(answers) == {"one\n"}
    assert docker.existing == ["v1"]


def test_a_worker_without_a_port_changes_hands_without_a_gap(
    docker: DockerLab, tmp_path: Path
) -> None:
    """The old one goes on until the new one is healthy."""
    log = tmp_path / "work"
    log.mkdir()
    loop = "while :; do echo $OEC_VERSION >>/shared/log; sleep 0.05; done"
    work = f"trap 'exit 0' TERM; {loop}"
    docker.origin.commit("Work", {"serve.sh": work})
    fields = {
        "docker_network": "none",
        "docker_volumes": f"{log}:/shared",
        "health_check_url": "",
        "health_check_command": 'grep -q "^$OEC_VERSION$" /shared/log',
    }
    docker.succeed(**fields)
    docker.succeed(**fields)
    seen = (log / "log").read_text().split()
    last_of_old = len(seen) - 1 - seen[::-1].index("1")
    assert seen.index("2") < last_of_old, "both were at work for a while"
    assert docker.running == ["v2"]


def test_values_are_in_no_argument_and_in_no_image(docker: DockerLab) -> None:
    secret = "hunter2-hunter2"
    seen: set[str] = set()
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.005):
            for file in Path("/proc").glob("[0-9]*/cmdline"):
                try:
                    seen.add(file.read_bytes().decode("utf-8", "replace"))
                except OSError:
                    continue

    watcher = threading.Thread(target=watch)
    watcher.start()
    variables = {"PORT": str(docker.port), "PASSWORD": secret}
    deployed = docker.succeed(release_command="true", variables=variables)
    over.set()
    watcher.join()

    assert any("docker" in words for words in seen), "the watcher saw something"
    assert not [words for words in seen if secret in words]
    image = docker.container(deployed)["Image"]
    assert secret not in docker.engine.docker("history", "--no-trunc", image)
    assert secret not in docker.engine.docker("image", "inspect", image)


def test_an_image_is_pulled_with_the_projects_login(
    docker: DockerLab, registry: Registry
) -> None:
    login = Login(registry.host, Registry.USERNAME, Registry.PASSWORD)
    docker.succeed(docker_image=f"{registry.host}/shop:1", registry=login)
    assert docker.served() == "one\n"
    files = [file for file in docker.path.rglob("*") if file.is_file()]
    encoded = base64.b64encode(f"{login.username}:{login.password}".encode())
    for told in (login.password.encode(), encoded):
        assert not [file for file in files if told in file.read_bytes()]


def test_a_wrong_login_is_repaired_outside_and_retried(
    docker: DockerLab, registry: Registry
) -> None:
    image = f"{registry.host}/shop:1"
    wrong = Login(registry.host, Registry.USERNAME, "not the password")
    failed = docker.deploy(docker_image=image, registry=wrong)
    found = diagnosed(failed, "build")
    assert (found.code, found.verb) == ("registry_auth_failed", "retry")
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
    found = diagnosed(failed, "build")
    assert (found.code, found.verb) == ("registry_rate_limited", "retry")


def test_traefik_is_told_where_to_lead(docker: DockerLab) -> None:
    docker.origin.commit("Sleep", {"serve.sh": "sleep 1000"})
    deployed = docker.succeed(
        docker_network="none",
        docker_domain="shop.example.org",
        docker_port=8069,
        health_check_url="",
        health_check_command="true",
    )
    labels = docker.container(deployed)["Config"]["Labels"]
    name = labels["oec.application"]
    rule = labels[f"traefik.http.routers.{name}.rule"]
    assert rule == "Host(`shop.example.org`)"
    port = labels[f"traefik.http.services.{name}.loadbalancer.server.port"]
    assert port == "8069"


def test_a_server_without_docker_is_told(docker: DockerLab, sshd: Sshd) -> None:
    """That sshd has no DOCKER_HOST, and no engine listens where Docker looks."""
    failed = docker.deploy(target=sshd.target)
    found = diagnosed(failed, "build")
    assert (found.code, found.verb) == ("docker_unavailable", "retry")


@pytest.mark.parametrize(
    ("command", "moment"),
    [("release_command", b"begun"), ("build_command", b"begun")],
)
def test_what_is_cancelled_leaves_only_the_old_container(
    docker: DockerLab, command: str, moment: bytes
) -> None:
    docker.succeed()
    deployment = docker.start(**{command: "echo begun; sleep 1000"})
    deployment.wait_for_log(moment)
    deployment.interruption = CancelRequested()
    deployment.join()
    assert isinstance(deployment.error, CancelRequested)
    wait_until(lambda: docker.existing == ["v1"])
    assert docker.engine.names("--all") == docker.engine.names()
    assert docker.served() == "one\n"


def test_an_attempt_that_died_between_the_two_is_made_good_by_the_next(
    docker: DockerLab,
) -> None:
    first = docker.succeed()
    name = docker.container(first)["Name"].lstrip("/")
    # As a killed console leaves it: the old one stopped, a new one begun.
    docker.engine.docker("stop", "--time", "0", name)
    dead = docker.path / ".oec" / "releases" / "v2-0123456789ab"
    dead.mkdir()
    (dead / "container").write_text(name.replace("-v1", "-v2") + "\n")
    docker.engine.docker(
        *("run", "--detach", "--network", "none", "--label", "oec.version=2"),
        *("--name", name.replace("-v1", "-v2"), BASE, "sleep", "1000"),
    )
    docker.version = 2

    failed = docker.deploy(release_command="exit 1")

    assert isinstance(failed.error, CommandFailed)
    assert docker.existing == ["v1"]
    wait_until(lambda: docker.served() == "one\n")


def test_an_earlier_success_comes_back(docker: DockerLab) -> None:
    first = docker.succeed()
    docker.origin.commit("Change", {"app.txt": "two\n"})
    docker.succeed()
    assert docker.retry(first).error is None
    assert docker.served() == "one\n"
    assert docker.running == ["v3"]


def test_a_container_gives_way_to_plain_commands(docker: DockerLab) -> None:
    docker.succeed()
    docker.succeed(runtime="shell", health_check_url="")
    assert docker.live.startswith("v2-")
    assert docker.existing == []


def test_the_hosts_name_container_stands_for_its_address(docker: DockerLab) -> None:
    url = f"http://container:{docker.port}/app.txt"
    docker.succeed(health_check_url=url)
    failed = docker.deploy(
        health_check_url=f"{url}.gone", health_check_timeout_seconds=1
    )
    assert f"http://127.0.0.1:{docker.port}" in diagnosed(failed, "check").message
