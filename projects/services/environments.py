"""Environments."""

from typing import Any

from django.db import transaction

from oec.exceptions import InvalidInput
from projects import audit, permissions
from projects.models import Environment, Project, User
from projects.services.changes import differing, recorded, validate


@transaction.atomic
def create_environment(
    project: Project,
    *,
    by: User,
    address: str | None = None,
    **fields: Any,
) -> Environment:
    permissions.require_change(by, project)
    environment = Environment(project=project, **fields)
    _validate_environment(environment)
    environment.save()
    audit.record(
        by, "environment.created", environment, project=project, address=address
    )
    return environment


def change_environment(
    environment: Environment, *, by: User, address: str | None = None, **fields: Any
) -> Environment:
    """``fields`` that say what is stored already change and record nothing."""
    permissions.require_change(by, environment.project)
    fields = differing(environment, fields)
    if not fields:
        return environment
    for name, value in fields.items():
        setattr(environment, name, value)
    _validate_environment(environment)
    with transaction.atomic():
        environment.save(update_fields=[*fields, "updated_at"])
        audit.record(
            by,
            "environment.changed",
            environment,
            project=environment.project,
            address=address,
            changes=recorded(environment, fields),
        )
    return environment


def _validate_environment(environment: Environment) -> None:
    server, project = environment.server, environment.project
    if server and server.organization_id != project.organization_id:
        # The same answer as for a server that is not there: nothing leaks.
        raise InvalidInput({"server": ["This server does not exist."]})
    validate(environment)
