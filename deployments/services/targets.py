"""What a rollback can go to: one answer for page, administration, API and service."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypedDict
from uuid import UUID

from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, Subquery, When

from deployments.models import Deployment, Status, Trigger
from projects.models import CONTRADICTING, Environment

if TYPE_CHECKING:
    from django_stubs_ext import WithAnnotations

    class Left(TypedDict):
        left_at: datetime | None

    Target = WithAnnotations[Deployment, Left]


@dataclass(frozen=True, slots=True)
class Targets:
    """Of one environment."""

    newest: UUID | None = None
    #: The newest that was not rolled back from: where a rollback without a choice goes.
    preselected: UUID | None = None


NO_TARGETS = Targets()


def can_be_left(deployment: Deployment) -> bool:
    """A success, live or not; and any other where the live version does not answer."""
    contradiction = deployment.environment.contradiction
    return deployment.status == Status.SUCCESS or bool(contradiction)


def rollback_targets(current: Deployment) -> "QuerySet[Target]":
    """What ``current`` can be left for, newest first, each with its ``left_at``.

    That is when a rollback, or a retry of one, took its place; None when it made way
    for anything else. The live release is no target, unless it was seen not to answer:
    then it is the first.
    """
    targets = _targets().filter(environment=current.environment_id)
    return (
        (targets if can_be_left(current) else targets.none())
        .select_related("environment", "release", "triggered_by")
        .defer("release__variables")
    )


def targets_of(environments: Collection[UUID]) -> dict[UUID, Targets]:
    """The same targets by environment: in one query, however many there are."""
    if not environments:
        return {}
    targets = _targets().filter(environment=OuterRef("pk")).values("pk")
    rows = Environment.objects.filter(pk__in=environments).values_list(
        "pk", Subquery(targets[:1]), Subquery(targets.filter(left_at=None)[:1])
    )
    return {key: Targets(newest, preselected) for key, newest, preselected in rows}


def _targets() -> "QuerySet[Target]":
    """Of each release that is not live its newest success, newest first; and the live
    one where another version or nothing answers.
    """
    successes = Deployment.objects.successes()
    later = successes.filter(version__gt=OuterRef("version"))
    of_same_release = later.filter(release=OuterRef("release"))
    successor = later.filter(environment=OuterRef("environment")).order_by("version")
    left_at = Case(When(root__trigger=Trigger.ROLLBACK, then=F("completed_at")))
    is_needed = Q(environment__serving__in=CONTRADICTING, pk=F("environment__live"))
    return (
        successes.filter(
            ~Q(release=F("environment__live__release")) | is_needed,
            ~Exists(of_same_release),
        )
        .annotate(left_at=Subquery(successor.values_list(left_at)[:1]))
        .order_by("-version")
    )
