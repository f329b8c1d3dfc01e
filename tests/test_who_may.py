"""Every service that a person calls, called by everybody who may not."""

from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from types import ModuleType
from typing import Any

import pytest
from django.apps import apps

import deployments.services
import projects.services
from deployments.exceptions import NoRollbackTarget, NotActive, ServerUnreachable
from deployments.models import Deployment
from oec.exceptions import InvalidInput, PermissionMissing
from projects.models import (
    Environment,
    Membership,
    Organization,
    OrganizationRole,
    Project,
    ProjectMembership,
    ProjectRole,
    Server,
    User,
)
from projects.models.variables import AbstractVariable
from projects.services import KeyStored, LastOwner
from tests import factories

#: From the stranger to the owner: each may what those before may, and something more.
CAST = ("charlie", "bob", "alice", "erin", "frank", "dora", "root")
STRANGER, VIEWER, DEPLOYS, CHANGES, ADMINISTERS, OWNS, SUPERUSER = CAST

#: Services that no person calls, and those that change and show nothing by themselves.
ASK_NOBODY = {
    "projects.add_encryption_key": "an operator's, on the console's own machine",
    "projects.rotate_secrets": "an operator's, on the console's own machine",
    "projects.survey_secrets": "an operator's, on the console's own machine",
    "projects.renew_fingerprint_keys": "an operator's, on the console's own machine",
    "projects.unreadable_secrets": "its door shows what visible_among leaves",
    "projects.visible_among": "answers who may see what",
    "deployments.can_force_finish": "answers who may",
    "deployments.deploy_action": "answers who may",
    "deployments.last_check": "reads a row that its door has found visible",
    "deployments.once": "what it is given to do asks",
    "deployments.require_force": "asks who may",
    "deployments.rollback_targets": "reads rows beside one that is visible",
}


@dataclass(frozen=True, slots=True)
class Place:
    """The rows to which it is done."""

    organization: Organization
    project: Project
    environment: Environment
    server: Server
    variable: AbstractVariable
    default: Any
    member: Membership
    owner: Membership
    project_member: ProjectMembership
    failed: Deployment
    newcomer: User


@dataclass(frozen=True, slots=True)
class Call:
    """``least``: who of the cast may just do it; whoever comes before may not."""

    name: str
    least: str
    act: Callable[[Place, User], object]
    detail: str = ""

    def __str__(self) -> str:
        return f"{self.name} {self.detail}".strip()


in_projects, in_deployments = projects.services, deployments.services

CALLS = (
    Call(
        "projects.create_organization",
        SUPERUSER,
        lambda place, by: in_projects.create_organization(name="Mine", by=by),
    ),
    Call(
        "projects.change_organization",
        ADMINISTERS,
        lambda place, by: in_projects.change_organization(
            place.organization, by=by, name="Mine"
        ),
    ),
    Call(
        "projects.set_member",
        ADMINISTERS,
        lambda place, by: in_projects.set_member(
            place.organization, user=place.newcomer, role=OrganizationRole.ADMIN, by=by
        ),
        "to administer",
    ),
    Call(
        "projects.set_member",
        OWNS,
        lambda place, by: in_projects.set_member(
            place.organization, user=by, role=OrganizationRole.OWNER, by=by
        ),
        "to own it oneself",
    ),
    Call(
        "projects.set_member",
        OWNS,
        lambda place, by: in_projects.set_member(
            place.organization,
            user=place.owner.user,
            role=OrganizationRole.VIEWER,
            by=by,
        ),
        "from owner",
    ),
    Call(
        "projects.remove_member",
        ADMINISTERS,
        lambda place, by: in_projects.remove_member(place.member, by=by),
    ),
    Call(
        "projects.remove_member",
        OWNS,
        lambda place, by: in_projects.remove_member(place.owner, by=by),
        "who owns",
    ),
    Call(
        "projects.set_project_member",
        ADMINISTERS,
        lambda place, by: in_projects.set_project_member(
            place.project, user=by, role=ProjectRole.ADMIN, by=by
        ),
    ),
    Call(
        "projects.remove_project_member",
        ADMINISTERS,
        lambda place, by: in_projects.remove_project_member(
            place.project_member, by=by
        ),
    ),
    Call(
        "projects.create_project",
        ADMINISTERS,
        lambda place, by: factories.make_project(
            place.organization, by=by, name="Blog"
        ),
    ),
    Call(
        "projects.change_project",
        CHANGES,
        lambda place, by: in_projects.change_project(place.project, by=by, name="Mine"),
    ),
    Call(
        "projects.generate_deploy_key",
        CHANGES,
        lambda place, by: in_projects.generate_deploy_key(place.project, by=by),
    ),
    Call(
        "projects.remove_deploy_key",
        CHANGES,
        lambda place, by: in_projects.remove_deploy_key(place.project, by=by),
    ),
    Call(
        "projects.create_environment",
        CHANGES,
        lambda place, by: factories.make_environment(
            place.project, place.server, by=by, name="staging", deploy_path="/srv/other"
        ),
    ),
    Call(
        "projects.change_environment",
        CHANGES,
        lambda place, by: in_projects.change_environment(
            place.environment, by=by, build_command="rm -rf /"
        ),
    ),
    Call(
        "projects.set_variable",
        CHANGES,
        lambda place, by: in_projects.set_variable(
            place.environment, name="API_KEY", value="mine", by=by
        ),
        "of an environment",
    ),
    Call(
        "projects.set_variable",
        CHANGES,
        lambda place, by: in_projects.set_variable(
            place.project, name="MODE", value="mine", by=by
        ),
        "of a project",
    ),
    Call(
        "projects.remove_variable",
        CHANGES,
        lambda place, by: in_projects.remove_variable(place.variable, by=by),
        "of an environment",
    ),
    Call(
        "projects.remove_variable",
        CHANGES,
        lambda place, by: in_projects.remove_variable(place.default, by=by),
        "of a project",
    ),
    Call(
        "projects.create_server",
        ADMINISTERS,
        lambda place, by: factories.make_server(
            place.organization, by=by, name="web-2"
        ),
    ),
    Call(
        "projects.change_server",
        ADMINISTERS,
        lambda place, by: in_projects.change_server(place.server, by=by, host_key=""),
    ),
    Call(
        "projects.generate_server_key",
        ADMINISTERS,
        lambda place, by: in_projects.generate_server_key(place.server, by=by),
    ),
    Call(
        "deployments.check_server",
        DEPLOYS,
        lambda place, by: in_deployments.check_server(place.server, by=by),
    ),
    Call(
        "deployments.fetch_host_key",
        DEPLOYS,
        lambda place, by: in_deployments.fetch_host_key(place.server, by=by),
    ),
    Call(
        "deployments.fetch_git_host_key",
        CHANGES,
        lambda place, by: in_deployments.fetch_git_host_key(place.project, by=by),
    ),
    Call(
        "deployments.catch_up",
        CHANGES,
        lambda place, by: in_deployments.catch_up(place.project, by=by),
    ),
    Call(
        "deployments.deploy",
        DEPLOYS,
        lambda place, by: in_deployments.deploy(place.environment, by=by),
    ),
    Call(
        "deployments.retry",
        DEPLOYS,
        lambda place, by: in_deployments.retry(place.failed, by=by),
    ),
    Call(
        "deployments.redeploy",
        DEPLOYS,
        lambda place, by: in_deployments.redeploy(place.failed, by=by),
    ),
    Call(
        "deployments.rollback",
        DEPLOYS,
        lambda place, by: in_deployments.rollback(place.failed, by=by),
    ),
    Call(
        "deployments.cancel",
        DEPLOYS,
        lambda place, by: in_deployments.cancel(place.failed, by=by),
    ),
    Call(
        "deployments.force_finish",
        ADMINISTERS,
        lambda place, by: in_deployments.force_finish(
            place.failed, by=by, reason="Because"
        ),
    ),
)
EACH_CALL = pytest.mark.parametrize("call", CALLS, ids=str)


@pytest.fixture
def place(environment: Environment, request: pytest.FixtureRequest) -> Place:
    """With all of the cast in it: erin administers the project, frank the whole."""
    for name in ("alice", "bob", "charlie"):
        request.getfixturevalue(name)
    dora = User.objects.get(username="dora")
    project, server = environment.project, environment.server
    assert server is not None
    erin, frank = factories.make_user("erin"), factories.make_user("frank")
    factories.make_user("root", is_superuser=True)
    in_projects.set_project_member(project, user=erin, role=ProjectRole.ADMIN, by=dora)
    in_projects.set_member(
        project.organization, user=frank, role=OrganizationRole.ADMIN, by=dora
    )
    # Nobody listens there, so that a check is over at once.
    in_projects.change_server(server, by=dora, host="127.0.0.1", port=1)
    in_projects.set_variable(environment, name="API_KEY", value="s3cret-value", by=dora)
    return Place(
        organization=project.organization,
        project=project,
        environment=environment,
        server=server,
        variable=environment.variables.get(name="API_KEY"),
        default=in_projects.set_variable(project, name="MODE", value="quick", by=dora),
        member=Membership.objects.get(user__username="bob"),
        owner=Membership.objects.get(user=dora),
        project_member=ProjectMembership.objects.get(user=erin),
        failed=factories.make_deployment(environment, by=dora),
        newcomer=factories.make_user("grace"),
    )


def test_every_service_stands_in_one_of_the_tables() -> None:
    named = [*functions_of(projects.services), *functions_of(deployments.services)]
    assert sorted(named) == sorted({call.name for call in CALLS} | {*ASK_NOBODY})


@EACH_CALL
def test_whoever_may_not_is_refused_and_nothing_changes(
    call: Call, place: Place
) -> None:
    before = everything()
    for username in CAST[: CAST.index(call.least)]:
        with pytest.raises(PermissionMissing):
            call.act(place, User.objects.get(username=username))
        assert everything() == before, username
    closed = User.objects.get(username=call.least)
    closed.is_active = False
    with pytest.raises(PermissionMissing):
        call.act(place, closed)
    assert everything() == before, "an account that is closed"


@EACH_CALL
def test_whoever_just_may_is_not_refused_for_that(call: Call, place: Place) -> None:
    # Nobody answers at that address, its key stays, a failure is no success, and dora
    # is alone.
    with suppress(
        ServerUnreachable,
        InvalidInput,
        NotActive,
        NoRollbackTarget,
        LastOwner,
        KeyStored,
    ):
        call.act(place, User.objects.get(username=call.least))


def functions_of(services: ModuleType) -> Iterator[str]:
    app = services.__name__.partition(".")[0]
    for name in services.__all__:
        if not isinstance(getattr(services, name), type):
            yield f"{app}.{name}"


def everything() -> dict[str, list[Any]]:
    """All rows there are, who is in which group among them."""
    return {
        model._meta.label: sorted(map(repr, model._base_manager.values_list()))
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed
    }
