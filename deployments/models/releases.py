"""An immutable pair of commit and configuration."""

import uuid
from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q

from projects.models import Environment
from projects.secrets import EncryptedTextField


class ReleaseQuerySet(models.QuerySet["Release"]):
    def update(self, **_: Any) -> NoReturn:
        raise Release.Immutable

    def resolve(self, pk: uuid.UUID, *, git_commit: str, git_message: str) -> bool:
        """Give a release its commit, or a chosen commit its message.

        It happens once; False when it has both already. The only other changes that a
        release ever sees are ``pin``, and another key around its variables:
        ``EncryptedTextField.reencrypt``.
        """
        unresolved = self.filter(
            Q(git_commit="") | Q(git_commit=git_commit, git_message=""), pk=pk
        )
        return bool(
            models.QuerySet.update(
                unresolved, git_commit=git_commit, git_message=git_message
            )
        )

    def pin(self, pk: uuid.UUID, *, pulled_image: str) -> bool:
        """Say once which image a name was; False when that has been said already."""
        unpinned = self.filter(pk=pk, pulled_image="")
        return bool(models.QuerySet.update(unpinned, pulled_image=pulled_image))


class Release(models.Model):
    """Written once; a database trigger refuses to change or remove it, too.

    Sameness of a retry is structural: it is a new deployment of the same row.
    """

    class Immutable(TypeError):
        def __init__(self) -> None:
            super().__init__("A release is never changed or removed.")

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    environment = models.ForeignKey(
        Environment, on_delete=models.PROTECT, related_name="releases"
    )
    git_branch = models.CharField(max_length=200)
    #: 40 hex digits; empty until the branch was resolved.
    git_commit = models.CharField(max_length=40, blank=True, default="")
    git_message = models.TextField(blank=True, default="")
    #: Everything but the variables, as plain values.
    configuration = models.JSONField()
    #: The variables as JSON: ``{name: [value, is_secret]}``.
    variables = EncryptedTextField(default="{}")
    config_digest = models.CharField(max_length=64)
    #: What the named image was when it was first pulled, as ``repository@sha256:…``: a
    #: tag can move. Empty until then, and for an image that the commit builds.
    pulled_image = models.CharField(max_length=400, blank=True, default="")
    created_at = models.DateTimeField(auto_now_add=True)

    objects = ReleaseQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.short_commit or self.git_branch} with {self.config_digest[:12]}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise self.Immutable
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise self.Immutable

    @property
    def short_commit(self) -> str:
        return self.git_commit[:12]

    @property
    def subject(self) -> str:
        """The first line of the commit's message."""
        return self.git_message.partition("\n")[0]
