"""Which verbs the caller may use on which deployments, now, and why not.

The page, the API and the admin ask here, and the verbs ask the same rules.
"""

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import OuterRef, Subquery

from deployments.configuration import Configuration
from deployments.models import Deployment, Status
from deployments.services import rules
from deployments.services.creation import active_deployment
from deployments.services.rules import Facts, Warnings
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
    #: By deployment, the one to which a rollback without a choice goes.
    rollback_targets: dict[UUID, UUID]
    #: By environment, of what it is configured with now.
    digests: dict[UUID, str]

    @classmethod
    def of(cls, deployments: Sequence[Deployment], user: User) -> "Situation":
        """``deployments`` come with what is around them."""
        projects = {deployment.project for deployment in deployments}
        failures = [row for row in deployments if row.status == Status.FAILED]
        return cls(
            deployable=permissions.deployable_among(user, projects),
            active=_active(deployments),
            rollback_targets=_rollback_targets(deployments),
            digests=_digests({failure.environment_id for failure in failures}),
        )

    def facts(self, deployment: Deployment) -> Facts:
        live = deployment.environment.live
        digest = self.digests.get(deployment.environment_id)
        return Facts(
            active=self.active.get(deployment.project_id),
            newer_success=live.version
            if live and live.version > deployment.version
            else None,
            rollback_target=self.rollback_targets.get(deployment.pk),
            configuration_changed=digest is not None
            and digest != deployment.release.config_digest,
        )

    def actions(self, deployment: Deployment) -> dict[str, Action]:
        """Each verb that a deployment can be asked for, in the order of the page."""
        facts = self.facts(deployment)
        may_deploy = deployment.project_id in self.deployable
        advised = rules.recommended_verb(deployment)
        return {
            name: _action(
                verb, deployment, facts, may_deploy, is_recommended=name == advised
            )
            for name, verb in OF_DEPLOYMENTS.items()
        }


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


def _rollback_targets(deployments: Sequence[Deployment]) -> dict[UUID, UUID]:
    """The newest success before each, of another release.

    What ended after the live one, or is it, finds that on the environment's row.
    """
    targets, older = {}, []
    for row in deployments:
        environment = row.environment
        live = environment.live
        if live is None or not row.is_terminal:
            continue
        if row.version < live.version:
            older.append(row.pk)
        elif row.release_id != live.release_id:
            targets[row.pk] = live.pk
        elif environment.previous_id:
            targets[row.pk] = environment.previous_id
    return targets | _from_history(older)


def _from_history(older: Iterable[UUID]) -> dict[UUID, UUID]:
    older = list(older)
    if not older:
        return {}
    earlier = (
        Deployment.objects.successes()
        .filter(environment=OuterRef("environment"), version__lt=OuterRef("version"))
        .exclude(release=OuterRef("release"))
        .order_by("-version")
    )
    rows = Deployment.objects.filter(pk__in=older).annotate(
        target=Subquery(earlier.values("pk")[:1])
    )
    targets: Any = rows.exclude(target=None).values_list("pk", "target")
    return dict(targets)


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
