"""Which verbs the caller may use on which deployments, now, and why not.

The page, the API and the admin ask here, and the verbs ask the same rules.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db.models import Max, QuerySet

from deployments.configuration import Configuration, FrozenSettings
from deployments.models import Deployment, Release, Status
from deployments.services import rules
from deployments.services.rules import Facts
from oec.exceptions import ApplicationError
from projects import permissions
from projects.models import Environment, User


@dataclass(frozen=True, slots=True)
class Action:
    """One verb: allowed, or why not, and what to know before confirming."""

    allowed: bool
    code: str = ""
    detail: str = ""
    recommended: bool = False
    warnings: list[dict[str, str]] = field(default_factory=list)


@dataclass(frozen=True)
class Situation:
    """The facts around some deployments, gathered in a constant number of queries."""

    deployable: set[Any]
    active: dict[UUID, Deployment]
    newest_success: dict[UUID, int]
    successes: dict[UUID, list[Deployment]]
    digests: dict[UUID, str]

    @classmethod
    def of(cls, deployments: Sequence[Deployment], user: User) -> "Situation":
        """``deployments`` come ``with_details()``."""
        projects = {deployment.project_id for deployment in deployments}
        environments = {deployment.environment_id for deployment in deployments}
        return cls(
            deployable=permissions.deployable_among(
                user, {deployment.project for deployment in deployments}
            ),
            active={
                active.project_id: active
                for active in Deployment.objects.active()
                .filter(project__in=projects)
                .select_related("triggered_by")
            },
            newest_success=Deployment.objects.successes().newest_versions(environments),
            successes=_successes(environments),
            digests=_digests(
                {d.environment_id for d in deployments if d.status == Status.FAILED}
            ),
        )

    def facts(self, deployment: Deployment) -> Facts:
        newest = self.newest_success.get(deployment.environment_id, 0)
        digest = self.digests.get(deployment.environment_id)
        return Facts(
            may_deploy=deployment.project_id in self.deployable,
            active=self.active.get(deployment.project_id),
            newer_success=newest if newest > deployment.version else None,
            rollback_target=next(
                (
                    success
                    for success in self.successes.get(deployment.environment_id, [])
                    if success.version < deployment.version
                    and success.release_id != deployment.release_id
                ),
                None,
            ),
            configuration_changed=digest is not None
            and digest != deployment.release.config_digest,
        )

    def actions(self, deployment: Deployment) -> dict[str, Action]:
        """Each verb that a deployment can be asked for, in the order of the page."""
        facts = self.facts(deployment)
        advised = rules.recommended_verb(deployment)
        refusals = {
            "retry": rules.refuse_retry(deployment, facts),
            "redeploy": rules.refuse_redeploy(deployment, facts),
            "rollback": rules.refuse_rollback(deployment, facts),
            "cancel": rules.refuse_cancel(deployment, facts),
        }
        return {
            verb: _action(
                refusal,
                recommended=verb == advised,
                warnings=_warnings(verb, deployment, facts) if refusal is None else [],
            )
            for verb, refusal in refusals.items()
        }


def deploy_action(environment: Environment, user: User) -> Action:
    """Whether the caller may deploy to the environment now."""
    active = (
        Deployment.objects.active()
        .filter(project=environment.project_id)
        .select_related("triggered_by")
        .first()
    )
    facts = Facts(permissions.can_deploy(user, environment.project), active)
    refusal = rules.refuse_new_release(environment, facts)
    gap = rules.warn_of_gap(vars(environment))
    return _action(refusal, recommended=False, warnings=gap)


def rollback_targets(current: Deployment) -> QuerySet[Deployment]:
    """Of each other release its newest earlier success, newest first."""
    newest_of_releases = (
        Release.objects.filter(
            environment=current.environment_id,
            deployments__status=Status.SUCCESS,
            deployments__version__lt=current.version,
        )
        .exclude(pk=current.release_id)
        .annotate(version=Max("deployments__version"))
        .values("version")
    )
    return (
        Deployment.objects.successes()
        .filter(environment=current.environment_id, version__in=newest_of_releases)
        .select_related("environment", "release", "triggered_by")
        .defer("release__variables")
        .order_by("-version")
    )


def _warnings(verb: str, deployment: Deployment, facts: Facts) -> list[dict[str, str]]:
    """What to know before confirming this verb."""
    match verb:
        case "retry":
            return rules.warn_before_retry(deployment, facts)
        case "redeploy":
            return rules.warn_of_gap(vars(deployment.environment))
        case "rollback":
            return rules.warn_of_gap(FrozenSettings.of(deployment.release).values)
        case _:
            return []


def _action(
    refusal: ApplicationError | None,
    *,
    recommended: bool,
    warnings: list[dict[str, str]],
) -> Action:
    if refusal is not None:
        return Action(
            allowed=False,
            code=refusal.code,
            detail=refusal.detail,
            recommended=recommended,
        )
    return Action(allowed=True, recommended=recommended, warnings=warnings)


def _successes(environments: Iterable[UUID]) -> dict[UUID, list[Deployment]]:
    """Of each environment the newest success of each release, newest first."""
    newest_of_releases = (
        Release.objects.filter(
            environment__in=environments, deployments__status=Status.SUCCESS
        )
        .annotate(version=Max("deployments__version"))
        .values("version")
    )
    found: dict[UUID, list[Deployment]] = {}
    for success in (
        Deployment.objects.successes()
        .filter(environment__in=environments, version__in=newest_of_releases)
        .only("environment_id", "release_id", "version")
        .order_by("-version")
    ):
        found.setdefault(success.environment_id, []).append(success)
    return found


def _digests(environments: Iterable[UUID]) -> dict[UUID, str]:
    rows = Environment.objects.with_variables().filter(pk__in=environments)
    return {row.pk: Configuration.of(row).digest for row in rows}
