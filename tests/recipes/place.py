"""One environment that is deployed to for real: services, runner, sshd."""

import urllib.request
from pathlib import Path

from deployments import runner, services
from deployments.models import Deployment
from projects.models import Environment, Organization, User
from projects.services import set_variable
from tests import factories
from tests.api import Api
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import Sshd
from tests.deployments.systemd import Systemd
from tests.recipes.recipe import Recipe


class Place:
    """A server with systemd, and an environment made from a recipe through the API."""

    def __init__(
        self,
        recipe: Recipe,
        *,
        server: Sshd,
        systemd: Systemd,
        repository: Repository,
        organization: Organization,
        by: User,
    ) -> None:
        self.recipe = recipe
        self.systemd = systemd
        self.repository = repository
        self.by = by
        self.path = Path(recipe.settings["deploy_path"])
        self.environment = self._create(organization, server)

    def set_variable(self, name: str, value: str) -> None:
        set_variable(
            self.environment, name=name, value=value, is_secret=False, by=self.by
        )

    def deploy(self) -> Deployment:
        return self._run(services.deploy(self.environment, by=self.by))

    def retry(self, failed: Deployment) -> Deployment:
        return self._run(services.retry(failed, by=self.by, reason="Repaired it."))

    def roll_back(self, current: Deployment) -> Deployment:
        return self._run(services.rollback(current, by=self.by))

    def ask(self, path: str) -> str:
        """What the application answers at the health check's own address."""
        address = "/".join(
            self.recipe.settings["health_check_url"].split("/", maxsplit=3)[:3]
        )
        with urllib.request.urlopen(address + path, timeout=10) as answer:
            text: str = answer.read().decode()
            return text

    def _create(self, organization: Organization, server: Sshd) -> Environment:
        project = factories.make_project(
            organization, by=self.by, git_url=self.repository.url
        )
        target = server.target
        machine = factories.make_server(
            organization,
            by=self.by,
            host=target.host,
            port=target.port,
            username=target.username,
            private_key=target.private_key,
            host_key=target.host_key,
        )
        body = {**self.recipe.settings, "vm_id": str(machine.pk)}
        answer = Api(self.by).post(f"/projects/{project.pk}/environments", body)
        assert answer.status_code == 201, answer.json()
        return Environment.objects.get(pk=answer.json()["id"])

    def _run(self, deployment: Deployment) -> Deployment:
        runner.run(deployment.pk)
        return Deployment.objects.with_details().get(pk=deployment.pk)


def log_of(deployment: Deployment) -> str:
    return "".join(event.text for event in deployment.events.order_by("seq"))
