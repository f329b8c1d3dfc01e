"""Which verbs the caller may use on which deployments, now, and why not.

The page, the API and the admin ask here, and the verbs ask the same rules.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from uuid import UUID

from deployments.configuration import Configuration
from deployments.models import Deployment, Status
from deployments.services import advice
from deployments.services.creation import active_deployment
from deployments.services.rules import Facts, Warnings
from deployments.services.targets import NO_TARGETS, Targets, can_be_left, targets_of
from deployments.services.verbs import DEPLOY, OF_DEPLOYMENTS, Verb
from oec.exceptions import ApplicationError
from projects import permissions
from projects.models import Environment, User
from projects.permissions import DeployPermissionMissing
from projects.secrets import DecryptFailed


@dataclass(frozen=True, slots=True)
class Action:
    """One verb: allowed, or why not, and what to know before confirming."""

    allowed: bool
    code: str = ""
    detail: str = ""
    recommended: bool = False
    warnings: Warnings = field(default_factory=list)


@dataclass(frozen=True)
class Situation:
    """The facts around some deployments, gathered in a constant number of queries."""

    #: Keys of the projects to which the caller may deploy.
    deployable: set[UUID]
    #: By project.
    active: dict[UUID, Deployment]
    #: By environment, where one of the deployments went live.
    rollbacks: dict[UUID, Targets]
    #: By environment, of what it is configured with now.
    digests: dict[UUID, str]

    @classmethod
    def of(cls, deployments: Sequence[Deployment], user: User) -> "Situation":
        """``deployments`` come with what is around them."""
        projects = {deployment.project for deployment in deployments}
        failures = [row for row in deployments if row.status == Status.FAILED]
        lived = {row.environment_id for row in deployments if can_be_left(row)}
        return cls(
            deployable=permissions.deployable_among(user, projects),
            active=_active(deployments),
            rollbacks=targets_of(lived),
            digests=_digests({failure.environment_id for failure in failures}),
        )

    def facts(self, deployment: Deployment) -> Facts:
        live = deployment.environment.live
        digest = self.digests.get(deployment.environment_id)
        return Facts(
            active=self.active.get(deployment.project_id),
            rollback=self.rollbacks.get(deployment.environment_id, NO_TARGETS),
            newer_success=live.version
            if live and live.version > deployment.version
            else None,
            configuration_changed=digest is not None
            and digest != deployment.release.config_digest,
        )

    def actions(self, deployment: Deployment) -> dict[str, Action]:
        """Each verb that a deployment can be asked for, in the order of the page."""
        facts = self.facts(deployment)
        may_deploy = deployment.project_id in self.deployable
        advised = advice.recommended_verb(deployment)
        return {
            name: _action(
                verb, deployment, facts, may_deploy, is_recommended=name == advised
            )
            for name, verb in OF_DEPLOYMENTS.items()
        }

    def action_of_many(self, verb: Verb, deployment: Deployment) -> Action:
        """The same of one verb, where it is asked for many deployments at once."""
        verb = replace(verb, refuse=verb.refuse_of_many or verb.refuse)
        may_deploy = deployment.project_id in self.deployable
        return _action(verb, deployment, self.facts(deployment), may_deploy)


def deploy_action(environment: Environment, user: User) -> Action:
    """Whether the caller may deploy to the environment now."""
    may_deploy = permissions.can_deploy(user, environment.project)
    facts = Facts(active_deployment(environment.project))
    return _action(DEPLOY, environment, facts, may_deploy)


def _action(
    verb: Verb,
    subject: Deployment | Environment,
    facts: Facts,
    may_deploy: bool,
    *,
    is_recommended: bool = False,
) -> Action:
    try:
        if not may_deploy:
            raise DeployPermissionMissing
        verb.refuse(subject, facts)
    except ApplicationError as refusal:
        return Action(False, refusal.code, refusal.detail, is_recommended)
    warnings = verb.warn(subject, facts)
    return Action(True, recommended=is_recommended, warnings=warnings)


def _active(deployments: Sequence[Deployment]) -> dict[UUID, Deployment]:
    """At most one of each project, so one that is here need not be looked for."""
    active = {row.project_id: row for row in deployments if row.is_active}
    elsewhere = {row.project_id for row in deployments} - active.keys()
    if elsewhere:
        rows = Deployment.objects.active().filter(project__in=elsewhere).with_starter()
        active |= {row.project_id: row for row in rows}
    return active


def _digests(environments: Iterable[UUID]) -> dict[UUID, str]:
    keys = list(environments)
    if not keys:
        return {}
    digests = {}
    for row in Environment.objects.with_variables().filter(pk__in=keys):
        # A lost key keeps nobody from looking at what was deployed.
        with suppress(DecryptFailed):
            digests[row.pk] = Configuration.of(row).digest
    return digests
