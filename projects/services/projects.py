"""Projects."""

from typing import Any

from django.db import transaction

from projects import audit, permissions
from projects.keys import generate_key
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
    """``fields``: name, git_url, git_token, git_host_key, registry_…"""
    project = Project(organization=organization, **fields)
    validate(project)
    project.save()
    permissions.open_project(project)
    audit.record(by, "project.created", project, project=project, address=address)
    return project


def change_project(
    project: Project, *, by: User, address: str | None = None, **fields: Any
) -> Project:
    """A new host key of the Git host is an act of its own in the audit trail."""
    before = project.git_host_key_fingerprint
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
        if before != project.git_host_key_fingerprint:
            audit.record(
                by,
                "project.git_host_key_accepted",
                project,
                project=project,
                address=address,
                before=before,
                after=project.git_host_key_fingerprint,
            )
    return project


@transaction.atomic
def generate_deploy_key(
    project: Project, *, by: User, address: str | None = None
) -> Project:
    """A new key pair; the one before, if any, opens nothing from now on.

    The private half is stored and never shown, the public half is for the Git host.
    """
    before = project.git_public_key_fingerprint
    project.git_deploy_key, project.git_public_key = generate_key()
    project.save(update_fields=["git_deploy_key", "git_public_key", "updated_at"])
    audit.record(
        by,
        "project.deploy_key_generated",
        project,
        project=project,
        address=address,
        before=before,
        after=project.git_public_key_fingerprint,
    )
    return project
