"""Environments and their variables."""

from typing import Any

from django.db import transaction

from oec.exceptions import InvalidInput
from projects import audit
from projects.models import Environment, Project, User, Variable
from projects.services.changes import told, validate


@transaction.atomic
def create_environment(
    project: Project,
    *,
    by: User,
    address: str | None = None,
    **fields: Any,
) -> Environment:
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
            changes=told(environment, fields),
        )
    return environment


@transaction.atomic
def set_variable(
    environment: Environment,
    *,
    name: str,
    value: str,
    is_secret: bool = True,
    by: User,
    address: str | None = None,
) -> Variable:
    """Create or replace; the next deploy freezes it, earlier releases keep theirs."""
    variable = environment.variables.filter(name=name).first() or Variable(
        environment=environment, name=name
    )
    variable.value, variable.is_secret = value, is_secret
    validate(variable)
    variable.save()
    audit.record(
        by,
        "variable.set",
        variable,
        project=environment.project,
        address=address,
        environment=environment.name,
        is_secret=is_secret,
    )
    return variable


@transaction.atomic
def remove_variable(
    variable: Variable, *, by: User, address: str | None = None
) -> None:
    environment = variable.environment
    audit.record(
        by,
        "variable.removed",
        variable,
        project=environment.project,
        address=address,
        environment=environment.name,
    )
    variable.delete()


def _validate_environment(environment: Environment) -> None:
    server, project = environment.server, environment.project
    if server and server.organization_id != project.organization_id:
        # The same answer as for a server that is not there: nothing leaks.
        raise InvalidInput({"server": ["This server does not exist."]})
    validate(environment)
