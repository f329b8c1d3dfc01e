"""manage.py migrate, which would rather fail than make everybody wait.

``--check`` also says whether the database takes a write.
"""

from typing import Any

from django.core.management.base import CommandError
from django.core.management.commands import migrate
from django.db import Error, connections

from oec.database import advice, prove_write, trouble

LOCK_SECONDS = 2


class Command(migrate.Command):
    """Gives up when PostgreSQL grants no lock within two seconds.

    While it waits for one, every other query of that table queues behind it: a single
    long report would make a migration stop the whole site.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            self._limit_waiting(options["database"])
            super().handle(*args, **options)
            if options["check_unapplied"]:
                prove_write()
        except Error as error:
            if trouble(error) is None:
                raise
            reason = " ".join(str(error).split())
            raise CommandError(f"{advice(error)} ({reason})") from error

    def _limit_waiting(self, database: str) -> None:
        connection = connections[database]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
