"""Environment variables of the application; their values are always encrypted."""

import uuid
from typing import ClassVar

from django.db import models

from projects.models.environments import Environment
from projects.models.projects import Project
from projects.secrets import DecryptFailed, EncryptedTextField
from projects.validators import validate_variable_name, validate_variable_value


class AbstractVariable(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(max_length=128, validators=[validate_variable_name])
    value = EncryptedTextField(
        blank=True, default="", validators=[validate_variable_value]
    )
    is_secret = models.BooleanField(
        default=True, help_text="A secret is never shown again and masked in logs."
    )
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name

    @property
    def shown_value(self) -> str | None:
        """None for a secret, and for what no key opens."""
        try:
            return None if self.is_secret else self.value
        except DecryptFailed:
            return None

    @property
    def place(self) -> Environment | Project:
        """Where it counts."""
        raise NotImplementedError


class Variable(AbstractVariable):
    environment = models.ForeignKey(
        Environment, on_delete=models.CASCADE, related_name="variables"
    )

    class Meta(AbstractVariable.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["environment", "name"], name="variable_name_in_environment"
            )
        ]

    @property
    def place(self) -> Environment:
        return self.environment


class ProjectVariable(AbstractVariable):
    """A default for all environments of a project; theirs take precedence."""

    project = models.ForeignKey(
        Project, on_delete=models.CASCADE, related_name="variables"
    )

    class Meta(AbstractVariable.Meta):
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "name"], name="variable_name_in_project"
            )
        ]

    @property
    def place(self) -> Project:
        return self.project
