"""Projects."""

from typing import Any

from django.db import transaction

from projects import audit, permissions
from projects.models import Organization, Project, User
from projects.services.changes import apply, told, validate


@transaction.atomic
def create_project(
    organization: Organization,
    *,
    by: User,
    address: str | None = None,
    **fields: Any,
) -> Project:
    """``fields``: name, git_url, git_token."""
    project = Project(organization=organization, **fields)
    validate(project)
    project.save()
    permissions.open_project(project)
    audit.record(by, "project.created", project, project=project, address=address)
    return project


def change_project(
    project: Project, *, by: User, address: str | None = None, **fields: Any
) -> Project:
    apply(project, fields)
    with transaction.atomic():
        project.save(update_fields=[*fields, "updated_at"])
        audit.record(
            by,
            "project.changed",
            project,
            project=project,
            address=address,
            changes=told(project, fields),
        )
    return project
