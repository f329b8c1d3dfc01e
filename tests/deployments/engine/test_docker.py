"""Runtime docker, on a real engine behind a real sshd."""

import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from deployments.engine.exceptions import CancelRequested, CommandFailed, VerifyFailed
from tests.deployments.dockerd import BASE
from tests.deployments.engine.docker_lab import (
    DOCKERFILE,
    UNHEALTHY,
    DockerLab,
    diagnosed,
)
from tests.deployments.sshd import Sshd
from tests.processes import wait_until


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
    diagnosis = diagnosed(failed, "build")
    assert set(answers) == {"one\n"}
    assert (diagnosis.code, diagnosis.verb) == (code, verb)
    assert docker.existing == ["v1"]


def test_an_application_that_ends_is_told_by_its_own_words(docker: DockerLab) -> None:
    docker.succeed()
    docker.origin.commit("Die", {"serve.sh": "echo out of luck; exit 9"})
    failed = docker.deploy()
    diagnosis = diagnosed(failed, "check")
    assert diagnosis.code == "container_exited"
    assert "exit code 9" in diagnosis.message
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
    assert "answered 404" in failed.words, "what the container printed stands there"
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
    diagnosis = diagnosed(failed, "check")
    assert (diagnosis.code, diagnosis.verb) == ("port_in_use", "retry")


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


def test_the_verify_command_runs_in_the_new_image_and_its_no_spares_the_old_one(
    docker: DockerLab,
) -> None:
    said = docker.succeed(verify_command="cat /app/app.txt; echo $OEC_VERSION")
    assert b"one\n1\n" in said.log
    with requests_in_a_loop(docker) as answers:
        failed = docker.deploy(verify_command="echo no; exit 4")
    assert isinstance(failed.error, VerifyFailed)
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
    diagnosis = diagnosed(failed, "build")
    assert (diagnosis.code, diagnosis.verb) == ("docker_unavailable", "retry")


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
