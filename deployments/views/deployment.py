"""The page of one deployment, and the part of it that changes while it runs."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse

from deployments import diagnosis
from deployments.configuration import FrozenSettings
from deployments.diagnosis import AdvisedVerb, FailureClass
from deployments.engine import inspection
from deployments.models import Deployment, Status
from deployments.progress import progress
from deployments.services import Action, Situation, Verb, advice, can_force_finish
from deployments.services.verbs import FORCE_FINISH, OF_DEPLOYMENTS
from deployments.views.log import log_tail
from deployments.views.remedies import remedy
from deployments.waiting import queue_now, waiting
from oec.pages import SignedInRequest, page
from projects import permissions

CLASSES = {
    FailureClass.EXTERNAL: "Outside cause",
    FailureClass.CODE: "Cause in the code",
    FailureClass.CONFIGURATION: "Cause in the configuration",
    FailureClass.UNKNOWN: "Cause unknown",
}
#: Every setting that is a span of time, in few words.
LIMITS = {
    "step_timeout_seconds": "One step",
    "silence_timeout_seconds": "Silence",
    "health_check_timeout_seconds": "Health check",
    "start_grace_seconds": "Start",
    "total_timeout_seconds": "Altogether",
}


@dataclass(frozen=True, slots=True)
class Button:
    verb: Verb
    url: str
    action: Action


@page
def deployment(request: SignedInRequest, deployment_id: UUID) -> HttpResponse:
    deployment = get_object_or_404(_detailed(request), pk=deployment_id)
    context = {**_live_context(request, deployment), "tail": log_tail(deployment)}
    return render(request, "deployments/deployment.html", context)


@page
def live(request: SignedInRequest, deployment_id: UUID) -> HttpResponse:
    """Everything but the log, as a part of the page."""
    deployment = get_object_or_404(_detailed(request), pk=deployment_id)
    return render(request, "deployments/_live.html", _live_context(request, deployment))


def _detailed(request: SignedInRequest) -> QuerySet[Deployment]:
    return (
        Deployment.objects.visible_to(request.user)
        .with_details()
        .select_related(
            "root", "rollback_from", "cancel_requested_by", "project__organization"
        )
    )


def _live_context(request: SignedInRequest, deployment: Deployment) -> dict[str, Any]:
    actions = Situation.of([deployment], request.user).actions(deployment)
    buttons = [
        Button(verb, reverse(verb.url_name, args=[deployment.pk]), actions[name])
        for name, verb in OF_DEPLOYMENTS.items()
        if deployment.status in verb.fits
    ]
    settled = advice.settled(deployment)
    advised_verb = "" if settled else deployment.advised_verb
    is_pending = deployment.status == Status.PENDING
    settings = FrozenSettings.of(deployment.release).values
    return {
        "deployment": deployment,
        "progress": progress(deployment),
        "buttons": sorted(buttons, key=lambda button: not button.action.recommended),
        "settled": settled,
        "cancellation": advice.cancellation(deployment),
        "failure": diagnosis.CATALOGUE.get(deployment.error_code),
        "can_catch_up": deployment.error_code == "console_behind"
        and permissions.can_change(request.user, deployment.project),
        "can_be_checked": deployment.error_probe in inspection.NAMES,
        "failure_class": CLASSES.get(deployment.error_class, ""),  # type: ignore[call-overload]
        "remedy": remedy(deployment, request.user)
        if advised_verb == AdvisedVerb.FIX_CONFIGURATION
        else None,
        "attempts": _attempts(deployment),
        "waiting": waiting(deployment, queue_now()) if is_pending else None,
        "limits": [
            (label, settings[name]) for name, label in LIMITS.items() if settings[name]
        ],
        "force_finish": FORCE_FINISH,
        "can_force_finish": can_force_finish(request.user, deployment),
    }


def _attempts(deployment: Deployment) -> list[Deployment]:
    """The chain it belongs to, first attempt first; empty when it stands alone."""
    chain = list(
        Deployment.objects.filter(root=deployment.root_id)
        .select_related("triggered_by")
        .order_by("attempt")
    )
    return chain if len(chain) > 1 else []
