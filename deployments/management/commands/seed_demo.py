"""manage.py seed_demo: people, a project, a server, and a failure to retry."""

from typing import Any
from urllib.parse import urljoin

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from deployments.exceptions import DeploymentInProgress
from deployments.management.demo import cast, history, seeding
from deployments.management.demo.folder import DemoFolder
from deployments.models import Deployment, Status
from projects import syntax
from projects.models import Environment, Organization, Project, User

WHAT_TO_DO = """
  v{version} to {environment} failed: {message}
  Its server is up again as soon as the console has started. Sign in as alice, open
      {link}
  press Retry and confirm. The same commit with the same configuration goes live at
      {site}
"""
NOTHING_TO_RETRY = """
  Deploy, retry or roll back as alice. Production is at
      {site}
  A commit in {repository} is what the next deploy brings.
"""


class Command(BaseCommand):
    help = "Seed the demo, or complete it; what is there already stays as it is."

    def handle(self, *args: Any, **options: Any) -> None:
        folder = DemoFolder.of_this_console()
        _refuse_elsewhere(folder)
        with transaction.atomic():
            password = cast.enter(settings.DEMO_PASSWORD)
            project = seeding.seed(folder, console_port=settings.PORT)
        self._introduce(password)
        try:
            history.live_through(project, folder, self._tell)
        except (history.ServerSilent, DeploymentInProgress) as error:
            raise CommandError(
                f"The demo's history is not complete: {error}"
            ) from error
        self._say_what_to_do(project, folder)

    def _introduce(self, password: str) -> None:
        self.stdout.write(f"\n  OEC, with the demo's data, at {_console()}\n\n")
        for part in cast.CAST:
            self.stdout.write(f"    {part.username:<8} {part.plays}")
        unchanged = "unchanged (a new one: OEC_DEMO_PASSWORD=… make demo)"
        self.stdout.write(f"\n  The password of all four: {password or unchanged}\n\n")

    def _tell(self, deployment: Deployment) -> None:
        self.stdout.write(
            f"  v{deployment.version} to {deployment.environment}: {deployment.status}"
            f" ({deployment.reason})"
        )

    def _say_what_to_do(self, project: Project, folder: DemoFolder) -> None:
        production = project.environments.get(name="production")
        failed = _to_retry(production)
        if failed is None:
            text = NOTHING_TO_RETRY.format(
                site=_site(production), repository=folder.repository
            )
        else:
            text = WHAT_TO_DO.format(
                version=failed.version,
                environment=failed.environment,
                message=failed.error_message,
                link=urljoin(_console(), failed.get_absolute_url()),
                site=_site(production),
            )
        self.stdout.write(text)
        self.stdout.write(
            "\n  Ctrl-C ends everything; starting again keeps the data.\n\n"
        )


def _refuse_elsewhere(folder: DemoFolder) -> None:
    """The demo opens accounts and folders: not on a console that people use."""
    if not settings.ALLOW_LOCAL_GIT:
        raise CommandError(
            "The demo's Git repository is a folder of this machine, which this console "
            "refuses to deploy from. Use: make demo, or set OEC_ALLOW_LOCAL_GIT=true."
        )
    if (
        User.objects.exists()
        and not Organization.objects.filter(name=seeding.ORGANIZATION).exists()
    ):
        raise CommandError(
            "This console is in use. Give the demo one of its own: set OEC_DATA_DIR to "
            "another folder and leave DATABASE_URL and REDIS_URL empty."
        )
    try:
        syntax.check_deploy_path(str(folder.home))
    except ValueError:
        raise CommandError(
            f"The demo deploys below {folder.home}, and a path to deploy to has only "
            "letters, digits and . _ - + @ in names that do not begin with a dot. Set "
            "OEC_DATA_DIR to a folder with such a path."
        ) from None


def _to_retry(environment: Environment) -> Deployment | None:
    """The newest deployment to the environment, if it failed."""
    newest = environment.deployments.with_details().newest_first().first()
    return newest if newest and newest.status == Status.FAILED else None


def _console() -> str:
    host = "127.0.0.1" if settings.HOST in {"0.0.0.0", "::"} else settings.HOST  # noqa: S104
    return f"http://{host}:{settings.PORT}/"


def _site(environment: Environment) -> str:
    return urljoin(environment.health_check_url, "/")
