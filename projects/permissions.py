"""Who may do what: one function a question, and the only caller of guardian.

A role becomes a right in two moves: each role of an organization or project has a
group, and the groups hold rights on projects. Rights granted directly to a person on a
project count as well; rights granted without an object count nowhere.

Services ask ``require_…``; doors ask the same, or ``can_…``, to hide, to disable and to
refuse before they read a body. What was answered is kept with the object of the user,
which lives for one request, so asking twice costs once.
"""

from collections.abc import Collection
from uuid import UUID

from django.contrib.auth.models import Group, Permission
from django.db import models
from guardian.core import ObjectPermissionChecker

from oec.exceptions import PermissionMissing
from projects.models import (
    Membership,
    Organization,
    OrganizationRole,
    Project,
    ProjectGroupPermission,
    ProjectRole,
    Server,
    User,
)

DEPLOY = "project.environments.deploy"
VIEW = "project.view_project"
CHANGE = "project.change_project"

CHANGE_MISSING = "You don't have permission to change this project"

ORGANIZATION_RIGHTS = {
    OrganizationRole.OWNER: (VIEW, DEPLOY, CHANGE),
    OrganizationRole.ADMIN: (VIEW, DEPLOY, CHANGE),
    OrganizationRole.MEMBER: (VIEW, DEPLOY),
    OrganizationRole.VIEWER: (VIEW,),
}
PROJECT_RIGHTS = {
    ProjectRole.ADMIN: (VIEW, DEPLOY, CHANGE),
    ProjectRole.DEVELOPER: (VIEW, DEPLOY),
    ProjectRole.VIEWER: (VIEW,),
}
ADMINISTERING_ROLES = (OrganizationRole.OWNER, OrganizationRole.ADMIN)


class DeployPermissionMissing(PermissionMissing):
    """The caller sees the project without holding project.environments.deploy on it."""

    def __init__(self) -> None:
        super().__init__("You don't have permission to deploy")


def can_deploy(user: User, project: Project) -> bool:
    """Deploy, retry, redeploy, roll back and cancel."""
    return _answers(user).rights.has_perm(DEPLOY, project)


def can_change(user: User, project: Project) -> bool:
    """Edit the project, its environments and their variables."""
    return _answers(user).rights.has_perm(CHANGE, project)


def can_administer(user: User, organization: Organization) -> bool:
    """Add projects and servers, accept host keys, give every role but that of owner."""
    return _has_role(user, organization, ADMINISTERING_ROLES)


def can_own(user: User, organization: Organization) -> bool:
    """Give and take the role of owner."""
    return _has_role(user, organization, (OrganizationRole.OWNER,))


def can_check(user: User, server: Server) -> bool:
    """Look at a server and at the key that it shows: whoever may deploy to it, too."""
    if can_administer(user, server.organization):
        return True
    projects = Project.objects.filter(environments__server=server).distinct()
    return bool(deployable_among(user, projects))


def can_add_organization(user: User) -> bool:
    """Become the owner of a new one: what the administration lets staff do."""
    enters = user.is_staff or user.is_superuser
    return enters and user.has_perm("project.add_organization")


def require_deploy(user: User, project: Project) -> None:
    """Raises ``PermissionMissing``, like each of these functions.

    ``sentence``, where there is one, says what for in the words of its page.
    """
    if not can_deploy(user, project):
        raise DeployPermissionMissing


def require_change(
    user: User, project: Project, sentence: str = CHANGE_MISSING
) -> None:
    if not can_change(user, project):
        raise PermissionMissing(sentence)


def require_administer(
    user: User,
    organization: Organization,
    sentence: str = "You don't have permission to administer it",
) -> None:
    if not can_administer(user, organization):
        raise PermissionMissing(sentence)


def require_own(user: User, organization: Organization) -> None:
    if not can_own(user, organization):
        raise PermissionMissing(
            f"Only an owner of {organization} can make somebody its owner, or take "
            "that role away."
        )


def require_change_server(user: User, server: Server) -> None:
    """Its address, its keys, and whether it may be deployed to."""
    require_administer(
        user, server.organization, "You don't have permission to change this server"
    )


def require_check(
    user: User,
    server: Server,
    sentence: str = "You don't have permission to check this server",
) -> None:
    if not can_check(user, server):
        raise PermissionMissing(sentence)


def require_add_organization(
    user: User, sentence: str = "You don't have permission to add an organization"
) -> None:
    if not can_add_organization(user):
        raise PermissionMissing(sentence)


def require_administered(user: User, sentence: str) -> models.QuerySet[Organization]:
    """``administered_organizations``, of which there must be one."""
    organizations = administered_organizations(user)
    if not organizations:
        raise PermissionMissing(sentence)
    return organizations


def deployable_among(user: User, projects: Collection[Project]) -> set[UUID]:
    """The keys of those for which ``can_deploy`` answers yes, asked once for all."""
    projects = list(projects)
    if projects:
        # Its hint wants a query set; it takes what its docstring says.
        _answers(user).rights.prefetch_perms(projects)  # type: ignore[arg-type]
    return {project.pk for project in projects if can_deploy(user, project)}


def administered_organizations(user: User) -> models.QuerySet[Organization]:
    """All organizations for which ``can_administer`` answers yes."""
    visible = Organization.objects.visible_to(user)
    if user.is_superuser:
        return visible
    return visible.filter(
        memberships__user=user, memberships__role__in=ADMINISTERING_ROLES
    )


def set_organization_role(
    user: User, organization: Organization, role: str | None
) -> None:
    """Put the user into the group of this role alone; None takes every role away."""
    _set_group(user, organization, OrganizationRole.values, role)


def set_project_role(user: User, project: Project, role: str | None) -> None:
    _set_group(user, project, ProjectRole.values, role)


def open_project(project: Project) -> None:
    """Give every role its rights on a new project, in one statement."""
    of_app = Permission.objects.filter(content_type__app_label="project")
    permissions = {f"project.{right.codename}": right for right in of_app}
    ProjectGroupPermission.objects.bulk_create(
        ProjectGroupPermission(
            group=group, permission=permissions[right], content_object=project
        )
        for scope, rights_of in (
            (project.organization, ORGANIZATION_RIGHTS),
            (project, PROJECT_RIGHTS),
        )
        for role, rights in rights_of.items()
        for group in [_group(scope, role)]
        for right in rights
    )


class _Answers:
    """What has been asked about one person."""

    def __init__(self, user: User) -> None:
        self.rights = ObjectPermissionChecker(user)
        self.roles: dict[UUID, str] | None = None


def _answers(user: User) -> _Answers:
    answers: _Answers = vars(user).setdefault("_answers", _Answers(user))
    return answers


def _has_role(
    user: User, organization: Organization, roles: Collection[OrganizationRole]
) -> bool:
    if not user.is_active:
        return False
    if user.is_superuser:
        return True
    answers = _answers(user)
    if answers.roles is None:
        rows = Membership.objects.filter(user=user)
        answers.roles = dict(rows.values_list("organization_id", "role"))
    return answers.roles.get(organization.pk) in roles


def _group(scope: Organization | Project, role: str) -> Group:
    name = f"{scope._meta.model_name}:{scope.pk}:{role}"
    return Group.objects.get_or_create(name=name)[0]


def _set_group(
    user: User,
    scope: Organization | Project,
    roles: list[str],
    wanted: str | None,
) -> None:
    prefix = f"{scope._meta.model_name}:{scope.pk}:"
    user.groups.remove(
        *Group.objects.filter(name__in=[f"{prefix}{role}" for role in roles])
    )
    if wanted is not None:
        user.groups.add(_group(scope, wanted))
    vars(user).pop("_answers", None)
