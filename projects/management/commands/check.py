"""manage.py check, which looks at the machine and at the stored secrets as well."""

from typing import Any

from django.core.checks import register
from django.core.management.commands import check
from django.db import DEFAULT_DB_ALIAS

from oec.checks import CHECKS


class Command(check.Command):
    """Unlike Django's it asks the database without being told to."""

    def handle(self, *app_labels: Any, **options: Any) -> None:
        for question in CHECKS:
            register(question)
        options["databases"] = options["databases"] or [DEFAULT_DB_ALIAS]
        super().handle(*app_labels, **options)
