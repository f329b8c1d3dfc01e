"""Rows of tables, gathered in a constant number of queries."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import F, OuterRef, QuerySet, Subquery

from deployments import live
from deployments.models import Deployment, Status
from deployments.services import Action, Situation
from projects.models import Environment, User


@dataclass(frozen=True, slots=True)
class EnvironmentRow:
    environment: Environment
    live: Deployment | None
    last: Deployment | None


@dataclass(frozen=True, slots=True)
class DeploymentRow:
    deployment: Deployment
    retry: Action

    @property
    def offers_retry(self) -> bool:
        return self.deployment.status == Status.FAILED


def environment_rows(environments: QuerySet[Environment]) -> list[EnvironmentRow]:
    """Two queries."""
    # Versions are unique in a project, and that index is walked from its end.
    newest = Deployment.objects.filter(
        project=OuterRef("project"), environment=OuterRef("pk")
    ).order_by("-version")
    rows = list(
        live.with_live(environments)
        .select_related("server", "project")
        .defer("server__private_key", "project__git_token", "fingerprint_key")
        .annotate(last_id=Subquery(newest.values("pk")[:1]))
    )
    newest_ids = {row.last_id for row in rows if row.last_id}
    deployments = Deployment.objects.with_details().in_bulk(newest_ids)
    return [EnvironmentRow(row, row.live, deployments.get(row.last_id)) for row in rows]


def deployment_rows(
    deployments: Iterable[Deployment], user: User
) -> list[DeploymentRow]:
    """``deployments`` come from ``listed``."""
    rows = list(deployments)
    situation = Situation.of(rows, user)
    return [DeploymentRow(row, situation.actions(row)["retry"]) for row in rows]


def listed(deployments: QuerySet[Deployment]) -> QuerySet[Deployment]:
    """Newest first, with all that a row shows."""
    return (
        deployments.with_details()  # type: ignore[attr-defined]
        .annotate(root_version=F("root__version"))
        .order_by("-version")
    )
