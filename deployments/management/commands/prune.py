"""manage.py prune: removes what is older than the console's policy keeps."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from deployments.services import pruning

NOTHING = """\
Everything is kept for ever, so nothing was removed. Say with OEC_KEEP_…_DAYS (see
.env.example), or with options such as --logs 90, what is kept for how many days.
"""


class Command(BaseCommand):
    help = "Removes logs, events, sessions, tokens and keys that are old enough."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "--dry-run", action="store_true", help="count only, and change nothing"
        )
        for name, kept in pruning.KEPT.items():
            parser.add_argument(
                f"--{name}",
                type=int,
                metavar="DAYS",
                help=f"{kept.title}: keep them for so many days, whatever the settings "
                "say; 0 is for ever",
            )

    def handle(self, *args: Any, **options: Any) -> None:
        days = {
            name: default if options[name] is None else options[name]
            for name, default in pruning.policy().items()
        }
        if min(days.values()) < 0:
            raise CommandError("Days are counted from 0, which means for ever.")
        if not any(days.values()):
            self.stdout.write(NOTHING, ending="")
            return
        is_dry = options["dry_run"]
        verb = "would be removed" if is_dry else "removed"
        for pruned in (pruning.survey if is_dry else pruning.prune)(days):
            what = (
                f"older than {pruned.days} days, {verb}: {pruned.rows}"
                if pruned.days
                else "kept for ever"
            )
            self.stdout.write(f"{pruned.title}: {what}")
