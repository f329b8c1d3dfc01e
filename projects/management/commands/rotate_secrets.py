from collections.abc import Iterable
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser

from projects import secrets, services
from projects.services import Tally

NEXT = """\
Keep a copy of {file}: without it no stored secret can be read again.
Next, in this order:
  1. restart all workers and dispatchers, then all web processes: until then they
     cannot read what was written with the new key
  2. manage.py rotate_secrets
  3. manage.py rotate_secrets --check
  4. remove the old key from {file} and restart again
"""


class Command(BaseCommand):
    help = "Writes every stored secret anew with the first encryption key."

    def add_arguments(self, parser: CommandParser) -> None:
        act = parser.add_mutually_exclusive_group()
        act.add_argument(
            "--check",
            action="store_true",
            help="change nothing; exit code 1 while an older key is needed",
        )
        act.add_argument(
            "--new-key",
            action="store_true",
            help="make a key, put it in front of the key file, and change nothing else",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        if options["new_key"]:
            self._add_key()
            return
        names = secrets.key_names()
        for number, name in enumerate(names, 1):
            use = " for new secrets" if number == 1 else ""
            self.stdout.write(f"key {number}: {name}{use}")
        if options["check"]:
            self._check(services.survey_secrets())
        else:
            self._rotate(services.rotate_secrets())

    def _add_key(self) -> None:
        file = settings.ENCRYPTION_KEYS_FILE
        if file is None:
            raise CommandError(
                "The keys come from OEC_ENCRYPTION_KEYS. Put the new key in front "
                "there, with a comma behind it; docs/operations.md has the order."
            )
        try:
            name = services.add_encryption_key(file)
        except FileExistsError:
            raise CommandError(
                f"{file}.new is there: another key is being added. If nobody is, "
                "remove that file and start again."
            ) from None
        self.stdout.write(f"Key {name} is now the first one in {file}.")
        self.stdout.write(NEXT.format(file=file))

    def _check(self, tallies: Iterable[Tally]) -> None:
        is_current = True
        for tally in tallies:
            self._print(tally)
            is_current = is_current and tally.is_current
        if not is_current:
            raise CommandError("The older keys are still needed.")
        self.stdout.write("The first key opens everything.")

    def _rotate(self, tallies: Iterable[Tally]) -> None:
        unreadable = 0
        for tally in tallies:
            self._print(tally)
            unreadable += len(tally.unreadable)
        if unreadable:
            raise CommandError(
                f"No key opens {unreadable} of them. Put the key they were written "
                "with back behind the others, or enter these secrets anew."
            )
        self.stdout.write("Run it with --check before you drop an older key.")

    def _print(self, tally: Tally) -> None:
        counts = [
            f"{count} with key {number + 1}"
            for number, count in sorted(tally.per_key.items())
        ]
        if tally.rewritten:
            counts.append(f"{tally.rewritten} written anew")
        self.stdout.write(f"{tally.name}: {', '.join(counts) or 'none'}")
        for place in tally.unreadable:
            self.stderr.write(f"  no key opens {place}")
