"""Who did what: rows that are written once."""

from typing import Any, ClassVar, NoReturn

from django.db import models
from django.db.models import Q

from projects.models.people import Organization, User
from projects.models.projects import Project


class AuditQuerySet(models.QuerySet["AuditEntry"]):
    def visible_to(self, user: User) -> "AuditQuerySet":
        """Entries of visible projects and of the user's organizations."""
        if user.sees_everything:
            return self
        return self.filter(
            Q(project__in=Project.objects.visible_to(user))
            | Q(
                project=None,
                organization__in=Organization.objects.visible_to(user),
            )
        )

    def update(self, **_: Any) -> NoReturn:
        raise AuditEntry.Immutable

    def delete(self) -> NoReturn:
        raise AuditEntry.Immutable


class AuditEntry(models.Model):
    """One act. A database trigger refuses to change or remove it, too."""

    class Immutable(TypeError):
        def __init__(self) -> None:
            super().__init__("Audit entries are never changed or removed.")

    actor = models.ForeignKey(
        User, null=True, on_delete=models.PROTECT, related_name="+"
    )
    #: Kept as text: the name at that time.
    actor_name = models.CharField(max_length=150)
    action = models.CharField(max_length=50)
    object_type = models.CharField(max_length=50)
    object_id = models.CharField(max_length=50)
    object_name = models.CharField(max_length=200)
    organization = models.ForeignKey(
        Organization, null=True, on_delete=models.PROTECT, related_name="+"
    )
    project = models.ForeignKey(
        Project, null=True, on_delete=models.PROTECT, related_name="+"
    )
    facts = models.JSONField(default=dict)
    address = models.GenericIPAddressField(null=True)
    created_at = models.DateTimeField(auto_now_add=True)

    objects = AuditQuerySet.as_manager()

    class Meta:
        ordering: ClassVar = ["-id"]
        verbose_name_plural = "audit entries"
        indexes: ClassVar = [
            models.Index(fields=["project", "-id"], name="audit_by_project"),
            models.Index(fields=["organization", "-id"], name="audit_by_organization"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name}: {self.action} {self.object_name}"

    def save(self, *args: Any, **kwargs: Any) -> None:
        if not self._state.adding:
            raise self.Immutable
        super().save(*args, **kwargs)

    def delete(self, *_: Any, **__: Any) -> NoReturn:
        raise self.Immutable
