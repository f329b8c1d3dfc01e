"""Who may do what: one function a question, and the only caller of guardian.

A role becomes a right in two moves: each role of an organization or project has a
group, and the groups hold rights on projects. Rights granted directly to a person on a
project count as well; rights granted without an object count nowhere.
"""

from django.contrib.auth.models import Group
from django.db import models
from guardian.shortcuts import assign_perm, get_objects_for_user

from projects.models import (
    Organization,
    OrganizationRole,
    Project,
    ProjectRole,
    Server,
    User,
)

DEPLOY = "project.environments.deploy"
VIEW = "project.view_project"
CHANGE = "project.change_project"

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


def can_deploy(user: User, project: Project) -> bool:
    """Deploy, retry, redeploy, roll back and cancel."""
    return user.has_perm(DEPLOY, project)


def can_change(user: User, project: Project) -> bool:
    """Edit the project, its environments and their variables."""
    return user.has_perm(CHANGE, project)


def can_administer(user: User, organization: Organization) -> bool:
    """Add projects and servers, accept host keys, give roles."""
    if not user.is_active:
        return False
    return user.is_superuser or (
        organization.memberships.filter(
            user=user, role__in=ADMINISTERING_ROLES
        ).exists()
    )


def can_check(user: User, server: Server) -> bool:
    """Look at a server and at the key that it shows: whoever may deploy to it, too."""
    if can_administer(user, server.organization):
        return True
    projects = server.environments.values_list("project", flat=True)
    return not deployable_projects(user).isdisjoint(projects)


def administered_organizations(user: User) -> models.QuerySet[Organization]:
    """All organizations for which ``can_administer`` answers yes."""
    visible = Organization.objects.visible_to(user)
    if user.is_superuser:
        return visible
    return visible.filter(
        memberships__user=user, memberships__role__in=ADMINISTERING_ROLES
    )


def deployable_projects(user: User) -> set[object]:
    """The keys of all projects for which ``can_deploy`` answers yes."""
    if not user.is_active:
        return set()
    projects = (
        Project.objects.all()
        if user.is_superuser
        else get_objects_for_user(
            user, DEPLOY, klass=Project, accept_global_perms=False
        )
    )
    return set(projects.values_list("pk", flat=True))


def set_organization_role(
    user: User, organization: Organization, role: str | None
) -> None:
    """Put the user into the group of this role alone; None takes every role away."""
    _set_group(user, organization, OrganizationRole.values, role)


def set_project_role(user: User, project: Project, role: str | None) -> None:
    _set_group(user, project, ProjectRole.values, role)


def open_project(project: Project) -> None:
    """Give every role its rights on a new project."""
    for role, rights in ORGANIZATION_RIGHTS.items():
        _grant(_group(project.organization, role), rights, project)
    for project_role, rights in PROJECT_RIGHTS.items():
        _grant(_group(project, project_role), rights, project)


def _grant(group: Group, rights: tuple[str, ...], project: Project) -> None:
    for right in rights:
        assign_perm(right, group, project)


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
