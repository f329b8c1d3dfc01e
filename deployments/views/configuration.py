"""What a deployment is configured with, and what a verb would change of it."""

from itertools import groupby
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render

from deployments.models import Deployment
from deployments.services import Comparisons, Configuration
from oec.pages import SignedInRequest, page
from projects.models import Environment
from projects.secrets import DecryptFailed


@page
def configuration(request: SignedInRequest, deployment_id: UUID) -> HttpResponse:
    """As it was frozen: plain values, and of secrets a fingerprint."""
    deployment = get_object_or_404(
        Deployment.objects.visible_to(request.user)
        .with_details()
        .select_related("environment__project"),
        pk=deployment_id,
    )
    frozen = Configuration.frozen_in(deployment)
    comparisons = Comparisons.around(deployment.environment)
    settings = groupby(frozen.shown_settings(), lambda setting: setting.group)
    context = {
        "deployment": deployment,
        "groups": [(title, list(of_group)) for title, of_group in settings],
        "variables": list(frozen.shown_variables(secrets=comparisons.now.secrets)),
        **_compared(comparisons, deployment),
    }
    return render(request, "deployments/configuration.html", context)


def retry_context(failed: Deployment) -> dict[str, Any]:
    """What a retry puts in place of what is live, and what a redeploy would instead."""
    return _compared(Comparisons.around(failed.environment), failed)


def release_context(
    environment: Environment, before: Deployment | None = None
) -> dict[str, Any]:
    """What a new release of this moment changes: since ``before``, and of what is live.

    Without ``before`` only of what is live.
    """
    comparisons = Comparisons.around(environment)
    live = comparisons.live
    before = before or live
    is_live = before is None or live is None or before.release_id == live.release_id
    return {
        "live": live,
        "before": before,
        "config_digest": comparisons.now.digest,
        "changes": comparisons.since(before) if before else [],
        "against_live": None if is_live else comparisons.since_live(),
    }


def rollback_context(
    environment: Environment, target: Deployment | None
) -> dict[str, Any]:
    """What going back to ``target`` changes of what is live.

    A target that cannot be read leaves the others to choose from.
    """
    comparisons = Comparisons.around(environment)
    context = {"live": comparisons.live, "chosen": target}
    if target is None:
        return context
    try:
        return context | {"against_live": comparisons.against_live(target)}
    except DecryptFailed as refusal:
        return context | {"unreadable": refusal.detail}


def _compared(comparisons: Comparisons, deployment: Deployment) -> dict[str, Any]:
    return {
        "live": comparisons.live,
        "since": comparisons.since(deployment),
        "against_live": comparisons.against_live(deployment),
    }
