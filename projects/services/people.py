"""Organizations, and who has which role where."""

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
from projects.services.changes import validate


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
    """Raises ``LastOwner`` rather than leave an organization to nobody."""
    membership = Membership.objects.filter(
        organization=organization, user=user
    ).first() or Membership(organization=organization, user=user)
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


@transaction.atomic
def remove_member(
    membership: Membership, *, by: User, address: str | None = None
) -> None:
    """Raises ``LastOwner`` rather than leave an organization to nobody."""
    organization, user = membership.organization, membership.user
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
    permissions.set_project_role(user, project, None)
    membership.delete()
    audit.record(by, "project_member.removed", user, project=project, address=address)


def _require_another_owner(organization: Organization, user: User) -> None:
    """Unless the user does not own it. Locked: two owners may demote each other."""
    Organization.objects.select_for_update().get(pk=organization.pk)
    memberships = Membership.objects.filter(organization=organization)
    owners = dict(
        memberships.filter(role=OrganizationRole.OWNER).values_list(
            "user_id", "user__is_active"
        )
    )
    if user.pk in owners and not any(
        is_active for pk, is_active in owners.items() if pk != user.pk
    ):
        raise LastOwner(user, organization)
