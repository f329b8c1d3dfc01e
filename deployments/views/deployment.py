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
from deployments.services import Action, Situation, Verb, can_force_finish
from deployments.services.verbs import FORCE_FINISH, OF_DEPLOYMENTS
from deployments.views.log import log_tail
from deployments.waiting import queue_now, waiting
from oec.pages import SignedInRequest, page

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
    "total_timeout_seconds": "Altogether",
}


@dataclass(frozen=True, slots=True)
class Button:
    verb: Verb
    url: str
    action: Action


@page
def deployment(request: SignedInRequest, deployment_id: UUID) -> HttpResponse:
    shown = get_object_or_404(_detailed(request), pk=deployment_id)
    context = {**_live_context(request, shown), "tail": log_tail(shown)}
    return render(request, "deployments/deployment.html", context)


@page
def live(request: SignedInRequest, deployment_id: UUID) -> HttpResponse:
    """Everything but the log, as a part of the page."""
    shown = get_object_or_404(_detailed(request), pk=deployment_id)
    return render(request, "deployments/_live.html", _live_context(request, shown))


def _detailed(request: SignedInRequest) -> QuerySet[Deployment]:
    return (
        Deployment.objects.visible_to(request.user)
        .with_details()
        .select_related(
            "root", "rollback_from", "cancel_requested_by", "project__organization"
        )
    )


def _live_context(request: SignedInRequest, shown: Deployment) -> dict[str, Any]:
    actions = Situation.of([shown], request.user).actions(shown)
    buttons = [
        Button(verb, reverse(verb.url_name, args=[shown.pk]), actions[name])
        for name, verb in OF_DEPLOYMENTS.items()
        if shown.status in verb.fits
    ]
    is_pending = shown.status == Status.PENDING
    settings = FrozenSettings.of(shown.release).values
    return {
        "deployment": shown,
        "progress": progress(shown),
        "buttons": sorted(buttons, key=lambda button: not button.action.recommended),
        "failure": diagnosis.CATALOGUE.get(shown.error_code),
        "can_be_checked": shown.error_probe in inspection.NAMES,
        "failure_class": CLASSES.get(shown.error_class, ""),  # type: ignore[call-overload]
        "must_fix_configuration": shown.advised_verb == AdvisedVerb.FIX_CONFIGURATION,
        "attempts": _attempts(shown),
        "waiting": waiting(shown, queue_now()) if is_pending else None,
        "limits": [(label, settings[name]) for name, label in LIMITS.items()],
        "force_finish": FORCE_FINISH,
        "can_force_finish": can_force_finish(request.user, shown),
    }


def _attempts(shown: Deployment) -> list[Deployment]:
    """The chain it belongs to, first attempt first; empty when it stands alone."""
    chain = list(
        Deployment.objects.filter(root=shown.root_id)
        .select_related("triggered_by")
        .order_by("attempt")
    )
    return chain if len(chain) > 1 else []
