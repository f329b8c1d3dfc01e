"""What is remembered of signing in: failures, and tokens that were signed out."""

from typing import ClassVar

from django.db import models


class FailedSignIns(models.Model):
    """Attempts that have not succeeded, of one kind of origin, until a pause is over.

    ``origin`` is a digest of who and where from: typed names may be passwords.
    """

    origin = models.CharField(primary_key=True, max_length=64)
    count = models.PositiveIntegerField(db_default=1)
    ends_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.count} until {self.ends_at}"


class EndedTokens(models.Model):
    """All tokens that came of one sign-in, which open nothing any more.

    ``expires_at``: by then the last of them would have expired by itself.
    """

    family = models.CharField(primary_key=True, max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name_plural: ClassVar[str] = "ended tokens"

    def __str__(self) -> str:
        return self.family
