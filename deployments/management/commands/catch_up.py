import getpass
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deployments import services
from projects import permissions
from projects.models import Project, User


class Command(BaseCommand):
    help = (
        "After a restored backup: asks the servers of every project that you may "
        "change for the newest version that they have seen, and continues after it."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--as", dest="username", help="in whose name; default: your login name"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        username = options["username"] or getpass.getuser()
        by = User.objects.filter(username=username, is_active=True).first()
        if by is None:
            raise CommandError(
                f"There is no active user {username}. Name one with --as."
            )
        visible = Project.objects.visible_to(by).select_related("organization")
        for project in visible:
            if permissions.can_change(by, project):
                self._catch_up(project, by)

    def _catch_up(self, project: Project, by: User) -> None:
        caught_up = services.catch_up(project, by=by)
        for seen in caught_up.servers:
            self.stdout.write(f"{project}, {seen.server}: {seen.sentence}")
        before, after = caught_up.before, caught_up.last_version
        self.stdout.write(
            f"{project}: continues after v{after} instead of v{before}."
            if after > before
            else f"{project}: stays at v{before}."
        )
