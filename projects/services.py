"""Every change to people, projects, environments and servers, with its audit entry.

All of them validate first and raise ``InvalidInput`` with the sentences of each field;
none asks whether the caller may: that is the door's first question.
"""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models, transaction

from oec.exceptions import InvalidInput
from projects import audit, permissions
from projects.models import (
    Environment,
    Membership,
    Organization,
    Project,
    ProjectMembership,
    Server,
    User,
    Variable,
)
from projects.models.people import OrganizationRole
from projects.secrets import EncryptedTextField


@transaction.atomic
def create_organization(
    *, name: str, by: User, address: str | None = None
) -> Organization:
    """The creator becomes its owner."""
    organization = Organization(name=name)
    _validate(organization)
    organization.save()
    audit.record(
        by,
        "organization.created",
        organization,
        organization=organization,
        address=address,
    )
    set_member(
        organization, user=by, role=OrganizationRole.OWNER, by=by, address=address
    )
    return organization


@transaction.atomic
def set_member(
    organization: Organization,
    *,
    user: User,
    role: str,
    by: User,
    address: str | None = None,
) -> Membership:
    membership = Membership.objects.filter(
        organization=organization, user=user
    ).first() or Membership(organization=organization, user=user)
    before = membership.role
    membership.role = role
    _validate(membership)
    membership.save()
    permissions.set_organization_role(user, organization, role)
    audit.record(
        by,
        "member.role_set",
        user,
        organization=organization,
        address=address,
        before=before,
        after=role,
    )
    return membership


@transaction.atomic
def remove_member(
    membership: Membership, *, by: User, address: str | None = None
) -> None:
    organization, user = membership.organization, membership.user
    permissions.set_organization_role(user, organization, None)
    membership.delete()
    audit.record(by, "member.removed", user, organization=organization, address=address)


@transaction.atomic
def set_project_member(
    project: Project,
    *,
    user: User,
    role: str,
    by: User,
    address: str | None = None,
) -> ProjectMembership:
    membership = ProjectMembership.objects.filter(
        project=project, user=user
    ).first() or ProjectMembership(project=project, user=user)
    before = membership.role
    membership.role = role
    _validate(membership)
    membership.save()
    permissions.set_project_role(user, project, role)
    audit.record(
        by,
        "project_member.role_set",
        user,
        project=project,
        address=address,
        before=before,
        after=role,
    )
    return membership


@transaction.atomic
def remove_project_member(
    membership: ProjectMembership, *, by: User, address: str | None = None
) -> None:
    project, user = membership.project, membership.user
    permissions.set_project_role(user, project, None)
    membership.delete()
    audit.record(by, "project_member.removed", user, project=project, address=address)


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
    _validate(project)
    project.save()
    permissions.open_project(project)
    audit.record(by, "project.created", project, project=project, address=address)
    return project


@transaction.atomic
def create_server(
    organization: Organization,
    *,
    by: User,
    address: str | None = None,
    **fields: Any,
) -> Server:
    """``fields``: name, host, port, username, private_key, host_key, is_enabled."""
    server = Server(organization=organization, **fields)
    _validate(server)
    server.save()
    audit.record(
        by,
        "server.created",
        server,
        organization=organization,
        address=address,
        at=server.address,
        host_key=server.host_key_fingerprint,
    )
    return server


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


def change_project(
    project: Project, *, by: User, address: str | None = None, **fields: Any
) -> Project:
    _change(project, fields)
    with transaction.atomic():
        project.save(update_fields=[*fields, "updated_at"])
        audit.record(
            by,
            "project.changed",
            project,
            project=project,
            address=address,
            changes=_told(project, fields),
        )
    return project


def change_server(
    server: Server, *, by: User, address: str | None = None, **fields: Any
) -> Server:
    """A new host key is an act of its own in the audit trail."""
    before = server.host_key_fingerprint
    _change(server, fields)
    with transaction.atomic():
        server.save(update_fields=[*fields, "updated_at"])
        audit.record(
            by,
            "server.changed",
            server,
            organization=server.organization,
            address=address,
            changes=_told(server, fields),
        )
        if before != server.host_key_fingerprint:
            audit.record(
                by,
                "server.host_key_accepted",
                server,
                organization=server.organization,
                address=address,
                before=before,
                after=server.host_key_fingerprint,
            )
    return server


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
            changes=_told(environment, fields),
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
    _validate(variable)
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


def _change(instance: models.Model, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(instance, name, value)
    _validate(instance)


def _validate_environment(environment: Environment) -> None:
    server, project = environment.server, environment.project
    if server and server.organization_id != project.organization_id:
        # The same answer as for a server that is not there: nothing leaks.
        raise InvalidInput({"server": ["This server does not exist."]})
    _validate(environment)


def _validate(instance: models.Model) -> None:
    try:
        instance.full_clean()
    except ValidationError as error:
        raise InvalidInput(error.message_dict) from None


def _told(instance: models.Model, fields: Mapping[str, Any]) -> dict[str, str]:
    """What was changed to what; of a secret only that it was."""
    return {
        name: "(secret)"
        if isinstance(instance._meta.get_field(name), EncryptedTextField)
        else str(value)[:200]
        for name, value in fields.items()
    }
