"""manage.py migrate, which would rather fail than make everybody wait.

``--check`` also says whether the database takes a write.
"""

from typing import Any

from django.core.management.commands import migrate
from django.db import connections

from oec.database import prove_write

LOCK_SECONDS = 2


class Command(migrate.Command):
    """Gives up when PostgreSQL grants no lock within two seconds.

    While it waits for one, every other query of that table queues behind it: a single
    long report would make a migration stop the whole site.
    """

    def handle(self, *args: Any, **options: Any) -> None:
        connection = connections[options["database"]]
        if connection.vendor == "postgresql":
            with connection.cursor() as cursor:
                cursor.execute(f"SET lock_timeout = '{LOCK_SECONDS}s'")
        super().handle(*args, **options)
        if options["check_unapplied"]:
            prove_write()
