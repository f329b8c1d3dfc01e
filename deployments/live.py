"""What is live: the newest success of an environment, a fact on its row.

``lifecycle.succeed`` writes it in the transaction of the success, and everybody reads
it there: as ``environment.live``, and ``environment.previous`` for the newest success
before it of another release. No list works it out from history. Beside it stands who
answered there when somebody looked last: ``environment.serving``.
"""

from uuid import UUID

from django.db import transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.functions import Now

from deployments.models import Deployment
from projects.models import Environment, Serving


def put_live(deployment_id: UUID) -> None:
    """This success is the live one from now on, unless a newer one is already."""
    success = Deployment.objects.only("environment_id", "release_id", "version").get(
        pk=deployment_id
    )
    before = Deployment.objects.filter(pk=OuterRef("live"))
    Environment.objects.filter(
        Q(live=None) | Exists(before.filter(version__lt=success.version)),
        pk=success.environment_id,
    ).update(
        live=success,
        previous=Case(
            When(Exists(before.filter(release=success.release_id)), then=F("previous")),
            default=F("live"),
        ),
    )


#: What it means for the environment what a run has seen at its end.
_SEEN = {
    # The one before was put back: that is the live one.
    Serving.OLD: Serving.NEW,
    # Of a success this is the live one, of a failure the one that should not answer.
    Serving.NEW: Serving.OLD,
}


def seen(deployment_id: UUID, serving: str, *, is_live: bool) -> None:
    """Who answered when this deployment ended; ``is_live`` where it was a success.

    The moment stays the first at which this was seen. An empty ``serving`` is that of
    a success whom nobody asked: what was seen before it says nothing any more.
    """
    if not serving:
        Environment.objects.filter(deployments=deployment_id).update(
            serving=Serving.UNKNOWN, serving_since=None
        )
        return
    place = Serving(serving)
    if not is_live:
        place = _SEEN.get(place, place)
    Environment.objects.filter(deployments=deployment_id).exclude(
        serving=place, serving_since__isnull=False
    ).update(serving=place, serving_since=Now())


def with_live(environments: QuerySet[Environment]) -> QuerySet[Environment]:
    """With what a row of a list shows of the live one, in the same query."""
    return environments.select_related("live__release").defer(
        "live__release__variables", "live__release__configuration"
    )


def rebuild() -> int:
    """Work it out from history for every environment; returns how many were wrong.

    The row is locked meanwhile, so a success that is being written comes after.
    """
    corrected = 0
    for key in Environment.objects.values_list("pk", flat=True):
        with transaction.atomic():
            rows = Environment.objects.select_for_update().only("live", "previous")
            environment = rows.get(pk=key)
            live, previous = _from_history(environment)
            if (environment.live_id, environment.previous_id) != (live, previous):
                rows.filter(pk=key).update(live=live, previous=previous)
                corrected += 1
    return corrected


def _from_history(environment: Environment) -> tuple[UUID | None, UUID | None]:
    successes = (
        Deployment.objects.successes()
        .filter(environment=environment)
        .order_by("-version")
        .only("release_id")
    )
    live = successes.first()
    if live is None:
        return None, None
    previous = successes.exclude(release=live.release_id).first()
    return live.pk, previous.pk if previous else None
