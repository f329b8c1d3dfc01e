"""A private Docker engine without networks of its own, and images from nothing."""

import os
import shutil
import subprocess
import tempfile
import time
from pathlib import Path

DOCKERD = shutil.which("dockerd", path="/usr/sbin:/usr/bin:/usr/local/bin")
BUSYBOX = shutil.which("busybox", path="/bin:/usr/bin")
START_SECONDS = 60.0

BASE = "oec-test-base"
_BASE_DOCKERFILE = """
FROM scratch
COPY busybox /bin/busybox
RUN ["/bin/busybox", "--install", "-s", "/bin"]
"""


def missing() -> str:
    """Why there can be no engine here; empty if there can."""
    if os.geteuid() != 0:
        return "a Docker engine is started by root"
    if DOCKERD is None or shutil.which("docker") is None:
        return "needs docker.io"
    return "" if BUSYBOX else "needs busybox-static"


class Dockerd:
    """Runs from ``start`` to ``stop``; its containers end with it."""

    def __init__(self) -> None:
        # Not below a test's own folder: what stays mounted there could not be removed.
        self.directory = Path(tempfile.mkdtemp(prefix="oec-docker-"))
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def host(self) -> str:
        """What DOCKER_HOST has to be."""
        return f"unix://{self.directory}/socket"

    def start(self) -> None:
        assert DOCKERD is not None
        with (self.directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [
                    DOCKERD,
                    *("--host", self.host),
                    *("--data-root", self.directory / "data"),
                    *("--exec-root", self.directory / "exec"),
                    *("--pidfile", self.directory / "pid"),
                    *("--bridge", "none", "--iptables=false", "--ip6tables=false"),
                    *("--log-level", "warn"),
                ],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._wait_until_it_answers()

    def stop(self) -> None:
        if self._process is None:
            return
        if containers := self.docker("ps", "--quiet").split():
            self.docker("kill", *containers)
        self._process.terminate()
        self._process.wait(START_SECONDS)
        self._process = None
        for mounted in (self.directory / "exec" / "netns").glob("*"):
            subprocess.run(["umount", "--lazy", mounted], check=False)
        shutil.rmtree(self.directory)

    def docker(self, *arguments: str | Path, check: bool = True) -> str:
        done = subprocess.run(
            ["docker", *arguments],
            env={**os.environ, "DOCKER_HOST": self.host},
            capture_output=True,
            text=True,
        )
        assert done.returncode == 0 or not check, done.stderr
        return done.stdout.strip()

    def make_base_image(self) -> None:
        """``oec-test-base``: BusyBox and nothing else."""
        assert BUSYBOX is not None
        folder = self.directory / "base"
        folder.mkdir()
        shutil.copy(BUSYBOX, folder / "busybox")
        (folder / "Dockerfile").write_text(_BASE_DOCKERFILE)
        self.docker("build", "--tag", BASE, folder)

    def names(self, *options: str) -> list[str]:
        """Of the containers that run; with ``--all`` of the others, too."""
        listed = self.docker("ps", *options, "--format", "{{.Names}}")
        return sorted(listed.split())

    def _wait_until_it_answers(self) -> None:
        deadline = time.monotonic() + START_SECONDS
        answered = ("info", "--format", "{{.ServerVersion}}")
        while not self.docker(*answered, check=False):
            assert self._process is not None
            assert self._process.poll() is None, (self.directory / "log").read_text()
            assert time.monotonic() < deadline, "dockerd does not answer"
            time.sleep(0.1)
