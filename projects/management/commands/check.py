"""manage.py check, which looks at the stored secrets as well."""

from typing import Any

from django.core.management.commands import check
from django.db import DEFAULT_DB_ALIAS


class Command(check.Command):
    """Unlike Django's it asks the database without being told to."""

    def handle(self, *app_labels: Any, **options: Any) -> None:
        options["databases"] = options["databases"] or [DEFAULT_DB_ALIAS]
        super().handle(*app_labels, **options)
