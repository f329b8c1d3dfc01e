"""One environment whose containers run on a real engine."""

import json
import urllib.error
import urllib.request
from dataclasses import replace
from pathlib import Path
from typing import Any

from deployments import diagnosis
from deployments.diagnosis import Diagnosis
from deployments.engine.exceptions import CommandFailed, EngineError
from deployments.engine.pipeline import Settings
from tests.deployments.dockerd import BASE, Dockerd
from tests.deployments.engine.lab import Deployment, Lab
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import Sshd
from tests.ports import free_port

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

    def clean(self) -> None:
        """Remove every container and image that this lab has left on the engine."""
        for name in self.engine.names("--all"):
            if f"oec-{self.path.name}-" in name:
                self.engine.docker("rm", "--force", name)
        for image in self.images:
            self.engine.docker("rmi", "--force", image)

    def _versions(self, *options: str) -> list[str]:
        label = '{{.Names}} {{.Label "oec.version"}}'
        listed = self.engine.docker("ps", *options, "--format", label)
        lines = (line.partition(" ") for line in listed.splitlines())
        mine = f"oec-{self.path.name}-"
        return sorted(f"v{version}" for name, _, version in lines if mine in name)


def diagnosed(deployment: Deployment, step: str) -> Diagnosis:
    match deployment.error:
        case CommandFailed() as error:
            return diagnosis.diagnose(step, error.exit_code, error.output)
        case EngineError() as error:
            return diagnosis.failure(error.code, **error.facts)
    raise AssertionError(deployment.error)
