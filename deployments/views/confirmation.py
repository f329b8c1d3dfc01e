"""Asking before a verb is carried out, and carrying it out once.

The page holds a form with a key of its own. Sent twice, by a double click or after
going back, it leads to the one deployment that it started.
"""

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse

from deployments import services
from deployments.models import Deployment
from deployments.services.rules import VERB_THAT_FITS
from deployments.views.forms import ConfirmationForm
from oec.exceptions import ApplicationError, InvalidInput
from oec.pages import SignedInRequest
from projects.callers import caller
from projects.models import Environment
from projects.secrets import DecryptFailed

Act = Callable[..., Deployment]

#: Where people need other words than programs.
SENTENCES = {
    "idempotency_key_reused": "This form was sent before with other content and has "
    "started a deployment then. Send it again to start another one.",
}


def confirm(
    request: SignedInRequest,
    form: ConfirmationForm,
    act: Act,
    *,
    template: str,
    subject: Deployment | Environment,
    action: services.Action | None,
    context_of: Callable[[], dict[str, Any]] = dict,
    **context: Any,
) -> HttpResponse:
    """Show ``form``; when it was sent, act once and go to the deployment's page.

    ``context_of`` gathers what only the page needs.
    """
    refusal: ApplicationError | None = None
    if request.method == "POST":
        try:
            return redirect("deployment", _act_once(request, form, act))
        except ApplicationError as error:
            refusal = error
            form.show_refusal(error)
    obstacle = refusal or action
    context |= _gathered(context_of, subject) | {
        "form": form,
        "subject": subject,
        "action": action,
        "is_allowed": action is None or action.allowed,
        "refusal": _sentence(obstacle) if obstacle else "",
        "ways_on": _ways_on(obstacle.code, subject) if obstacle else [],
        "back": reverse(subject._meta.model_name or "", args=[subject.pk]),
    }
    status = refusal.status_code if refusal else 200
    return render(request, template, context, status=status)


def _gathered(
    context_of: Callable[[], dict[str, Any]], subject: Deployment | Environment
) -> dict[str, Any]:
    """What cannot be compared keeps nobody from acting."""
    try:
        return context_of()
    except DecryptFailed as refusal:
        environment = (
            subject if isinstance(subject, Environment) else subject.environment
        )
        return {"live": environment.live, "unreadable": refusal.detail}


def _act_once(request: SignedInRequest, form: ConfirmationForm, act: Act) -> UUID:
    fields = form.accepted()
    key = str(fields.pop("key"))
    sent = (request.path, form.fields_sent())
    with services.once(key, by=request.user, request=sent) as answer:
        if answer.is_missing:
            deployment = act(**caller(request), **fields)
            answer.give(deployment, 302, {"id": str(deployment.pk)})
    return UUID(answer.body["id"])


def _sentence(obstacle: ApplicationError | services.Action) -> str:
    if isinstance(obstacle, InvalidInput):
        return ""  # it stands beside the fields
    return SENTENCES.get(obstacle.code, obstacle.detail)


def _ways_on(code: str, subject: Deployment | Environment) -> list[tuple[str, str]]:
    """Where to go instead, after a refusal: labels and addresses."""
    if code == "deployment_in_progress":
        return _way_to_active(subject)
    if code == "target_unavailable":
        environment = (
            subject.environment if isinstance(subject, Deployment) else subject
        )
        url = reverse("environment-settings", args=[environment.pk])
        return [("Open the environment's settings", url)]
    if code == "not_failed" and isinstance(subject, Deployment):
        return [_way_to_verb(subject)]
    return []


def _way_to_active(subject: Deployment | Environment) -> list[tuple[str, str]]:
    active = Deployment.objects.active().filter(project=subject.project_id).first()
    if active is None:
        return []
    return [
        (f"Open v{active.version}, which is {active.status}", active.get_absolute_url())
    ]


def _way_to_verb(deployment: Deployment) -> tuple[str, str]:
    verb = VERB_THAT_FITS[deployment.status]  # type: ignore[index]
    if verb == "deploy":
        url = reverse("environment-deploy", args=[deployment.environment_id])
        return "Deploy instead", url
    url = reverse(f"deployment-{verb}", args=[deployment.pk])
    return f"{verb.capitalize()} instead", url
