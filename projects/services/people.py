"""Organizations, and who has which role where."""

from typing import Any

from django.db import transaction

from oec.exceptions import ApplicationError
from projects import audit, permissions
from projects.models import (
    Membership,
    Organization,
    OrganizationRole,
    Project,
    ProjectMembership,
    User,
)
from projects.services.changes import apply, differing, recorded, validate


class LastOwner(ApplicationError):
    code = "last_owner"
    status_code = 409

    def __init__(self, user: User, organization: Organization) -> None:
        super().__init__(
            f"{user.display_name} is the only owner of {organization}. Make somebody "
            "else an owner first."
        )


@transaction.atomic
def create_organization(
    *, name: str, by: User, address: str | None = None
) -> Organization:
    """The creator becomes its owner."""
    permissions.require_add_organization(by)
    organization = Organization(name=name)
    validate(organization)
    organization.save()
    audit.record(
        by,
        "organization.created",
        organization,
        organization=organization,
        address=address,
    )
    membership = Membership(organization=organization, user=by)
    _give(membership, OrganizationRole.OWNER, by=by, address=address)
    return organization


def change_organization(
    organization: Organization, *, by: User, address: str | None = None, **fields: Any
) -> Organization:
    """``fields``: name."""
    permissions.require_administer(by, organization)
    fields = differing(organization, fields)
    if not fields:
        return organization
    apply(organization, fields)
    with transaction.atomic():
        organization.save(update_fields=[*fields])
        audit.record(
            by,
            "organization.changed",
            organization,
            organization=organization,
            address=address,
            changes=recorded(organization, fields),
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
    """Only owners give and take the role of owner.

    Raises ``LastOwner`` rather than leave an organization to nobody.
    """
    permissions.require_administer(by, organization)
    membership = _member(organization, user)
    if OrganizationRole.OWNER in {membership.role, role}:
        permissions.require_own(by, organization)
    return _give(membership, role, by=by, address=address)


@transaction.atomic
def remove_member(
    membership: Membership, *, by: User, address: str | None = None
) -> None:
    """Only owners remove an owner.

    Raises ``LastOwner`` rather than leave an organization to nobody.
    """
    organization, user = membership.organization, membership.user
    permissions.require_administer(by, organization)
    # What a form did to the instance is not what the person is.
    if _member(organization, user).role == OrganizationRole.OWNER:
        permissions.require_own(by, organization)
        _require_another_owner(organization, user)
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
    permissions.require_administer(by, project.organization)
    membership = ProjectMembership.objects.filter(
        project=project, user=user
    ).first() or ProjectMembership(project=project, user=user)
    before = membership.role
    membership.role = role
    validate(membership)
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
    permissions.require_administer(by, project.organization)
    permissions.set_project_role(user, project, None)
    membership.delete()
    audit.record(by, "project_member.removed", user, project=project, address=address)


def _member(organization: Organization, user: User) -> Membership:
    """As stored, or new; locked with the organization: owners may demote each other."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    membership = (
        Membership.objects.filter(organization=organization, user=user).first()
        or Membership()
    )
    membership.organization, membership.user = organization, user
    return membership


def _give(
    membership: Membership, role: str, *, by: User, address: str | None
) -> Membership:
    organization, user = membership.organization, membership.user
    before = membership.role
    membership.role = role
    validate(membership)
    if before == OrganizationRole.OWNER != role:
        _require_another_owner(organization, user)
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


def _require_another_owner(organization: Organization, owner: User) -> None:
    others = Membership.objects.filter(
        organization=organization, role=OrganizationRole.OWNER, user__is_active=True
    ).exclude(user=owner)
    if not others.exists():
        raise LastOwner(owner, organization)
