"""Who: users, organizations, and the roles that tie them together."""

import uuid
from typing import ClassVar

from django.contrib.auth.models import AbstractUser
from django.core.exceptions import ValidationError
from django.core.validators import MinLengthValidator
from django.db import models

from projects.validators import validate_plain_text


class OrganizationRole(models.TextChoices):
    OWNER = "owner", "Owner"
    ADMIN = "admin", "Admin"
    MEMBER = "member", "Member"
    VIEWER = "viewer", "Viewer"


class ProjectRole(models.TextChoices):
    ADMIN = "admin", "Admin"
    DEVELOPER = "developer", "Developer"
    VIEWER = "viewer", "Viewer"


class User(AbstractUser):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)

    def clean(self) -> None:
        super().clean()
        names = {name: getattr(self, name) for name in ("first_name", "last_name")}
        for name, value in names.items():
            if value:
                try:
                    validate_plain_text(value)
                except ValidationError as error:
                    raise ValidationError({name: error.messages}) from None

    @property
    def display_name(self) -> str:
        return self.get_full_name() or self.username

    @property
    def sees_everything(self) -> bool:
        """Then no query needs to ask which projects: on a large table that costs."""
        return self.is_active and self.is_superuser


class OrganizationQuerySet(models.QuerySet["Organization"]):
    def visible_to(self, user: User) -> "OrganizationQuerySet":
        """Those the user belongs to; all of them for a superuser."""
        if user.sees_everything:
            return self
        return self.filter(memberships__user=user).distinct()


class Organization(models.Model):
    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    name = models.CharField(
        max_length=100,
        unique=True,
        validators=[MinLengthValidator(1), validate_plain_text],
    )
    created_at = models.DateTimeField(auto_now_add=True)

    objects = OrganizationQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["name"]

    def __str__(self) -> str:
        return self.name


class Membership(models.Model):
    """One person's role in one organization; ``permissions`` turns it into rights."""

    organization = models.ForeignKey(
        Organization, on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="memberships")
    role = models.CharField(max_length=10, choices=OrganizationRole.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["organization", "user"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "user"], name="one_role_per_organization"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=OrganizationRole.values),
                name="known_organization_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.organization}"


class ProjectMembership(models.Model):
    """One person's role in one project, beside any role in its organization."""

    project = models.ForeignKey(
        "project.Project", on_delete=models.CASCADE, related_name="memberships"
    )
    user = models.ForeignKey(
        User, on_delete=models.CASCADE, related_name="project_memberships"
    )
    role = models.CharField(max_length=10, choices=ProjectRole.choices)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering: ClassVar = ["project", "user"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["project", "user"], name="one_role_per_project"
            ),
            models.CheckConstraint(
                condition=models.Q(role__in=ProjectRole.values),
                name="known_project_role",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} is {self.role} of {self.project}"
