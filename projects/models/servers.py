"""Where: machines that are reached over SSH."""

import uuid
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from projects.keys import public_line
from projects.models.columns import Whole
from projects.models.people import Organization, User
from projects.secrets import EncryptedTextField
from projects.syntax import MAX_USERNAME
from projects.validators import (
    host_key_fingerprint,
    validate_host,
    validate_host_key,
    validate_plain_text,
    validate_private_key,
    validate_username,
)


class ServerQuerySet(models.QuerySet["Server"]):
    def visible_to(self, user: User) -> "ServerQuerySet":
        """Those of the organizations the user belongs to."""
        if user.sees_everything:
            return self
        return self.filter(organization__in=Organization.objects.visible_to(user))


class Server(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    organization = models.ForeignKey(
        Organization, on_delete=models.PROTECT, related_name="servers"
    )
    name = models.CharField(max_length=100, validators=[validate_plain_text])
    host = models.CharField(max_length=253, validators=[validate_host])
    port = Whole(
        default=22, validators=[MinValueValidator(1), MaxValueValidator(65535)]
    )
    username = models.CharField(max_length=MAX_USERNAME, validators=[validate_username])
    private_key = EncryptedTextField(
        blank=True, default="", validators=[validate_private_key]
    )
    #: One OpenSSH public-key line; empty until a person has accepted the fingerprint.
    host_key = models.TextField(blank=True, default="", validators=[validate_host_key])
    is_enabled = models.BooleanField(default=True)
    #: The newest check: ``{"at", "by", "is_complete", "findings": […]}``.
    last_check = models.JSONField(null=True, blank=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    objects = ServerQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "name"], name="server_name_in_organization"
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def address(self) -> str:
        return f"{self.username}@{self.host}:{self.port}"

    @property
    def host_key_fingerprint(self) -> str:
        """``SHA256:…`` as ``ssh-keygen -l`` prints it; empty while none is accepted."""
        return host_key_fingerprint(self.host_key) if self.host_key else ""

    @property
    def public_key(self) -> str:
        """The line for ``authorized_keys``; empty while no usable key is stored.

        Raises ``DecryptFailed`` when no key opens what is stored.
        """
        return public_line(self.private_key) if self.private_key else ""

    @property
    def public_key_fingerprint(self) -> str:
        """``SHA256:…`` of the public key, as the server's own log prints it."""
        line = self.public_key
        return host_key_fingerprint(line) if line else ""
