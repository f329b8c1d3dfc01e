import getpass
import time
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deployments import services
from deployments.models import Deployment, Status
from deployments.models.events import Kind
from oec.exceptions import ApplicationError
from projects.models import User


class Command(BaseCommand):
    help = "Retries a failed deployment: the same commit and configuration once more."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("id", help="id of the failed deployment")
        parser.add_argument("--reason", default="", help="what was fixed")
        parser.add_argument(
            "--as", dest="username", help="who retries; default: your login name"
        )
        parser.add_argument(
            "--wait", action="store_true", help="print its log and wait for its end"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        by = self._user(options["username"] or getpass.getuser())
        failed = self._deployment(options["id"], by)
        try:
            retried = services.retry(failed, by=by, reason=options["reason"])
        except ApplicationError as refusal:
            raise CommandError(f"{refusal.detail} ({refusal.code})") from None
        self.stdout.write(f"v{retried.version} retries v{failed.version}: {retried.pk}")
        if options["wait"]:
            self._wait(retried)

    def _user(self, username: str) -> User:
        user = User.objects.filter(username=username, is_active=True).first()
        if user is None:
            raise CommandError(
                f"There is no active user {username}. Name one with --as."
            )
        return user

    def _deployment(self, text: str, by: User) -> Deployment:
        refusal = CommandError(f"There is no deployment {text} that {by} can see.")
        try:
            key = UUID(text)
        except ValueError:
            raise refusal from None
        deployment = (
            Deployment.objects.with_details().visible_to(by).filter(pk=key).first()
        )
        if deployment is None:
            raise refusal
        return deployment

    def _wait(self, deployment: Deployment) -> None:
        seq = 0
        while True:
            # Status first, then events: nothing of the end is missed.
            status = Deployment.objects.values_list("status", flat=True).get(
                pk=deployment.pk
            )
            for event in deployment.events.filter(seq__gt=seq).order_by("seq"):
                seq = event.seq
                if event.kind == Kind.LOG:
                    self.stdout.write(event.text, ending="")
                elif event.kind == Kind.STEP and event.state == "running":
                    self.stdout.write(f"--- {event.step}")
                elif event.kind == Kind.NOTE:
                    self.stdout.write(event.text)
            if status not in (Status.PENDING, Status.RUNNING):
                break
            time.sleep(0.5)
        ended = Deployment.objects.get(pk=deployment.pk)
        if ended.status != Status.SUCCESS:
            raise CommandError(
                f"v{ended.version} {ended.status}: {ended.error_message}"
            )
        self.stdout.write(f"v{ended.version} is live.")
