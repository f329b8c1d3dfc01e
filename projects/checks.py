"""What ``manage.py check`` says of the stored secrets."""

from typing import Any

from django.core import checks
from django.db import DatabaseError

from projects import services


@checks.register(checks.Tags.database)
def readable_secrets(databases: Any = None, **_: Any) -> list[checks.CheckMessage]:
    """A warning for each secret that no key opens; without tables there is none."""
    if not databases:
        return []
    try:
        unreadable = services.unreadable_secrets()
    except DatabaseError:
        return []
    return [
        checks.Warning(
            f"No key opens: {secret.name} ({secret.count}).",
            hint=secret.remedy,
            id="oec.W001",
        )
        for secret in unreadable
    ]
