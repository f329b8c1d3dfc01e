"""One page a verb, which asks before it is carried out; scripts show it as a dialog."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import get_object_or_404

from deployments import diagnosis, services
from deployments.models import Deployment
from deployments.services import Situation, advice
from deployments.views.configuration import (
    release_context,
    retry_context,
    rollback_context,
)
from deployments.views.confirmation import confirm
from deployments.views.forms import (
    ConfirmationForm,
    DeployForm,
    ForceFinishForm,
    RollbackForm,
)
from oec.pages import SignedInRequest, page
from projects import permissions
from projects.models import Environment

#: What the diagnosis advises, in words.
RECOMMENDED = {
    "retry": "Retry, once the cause outside the code is gone.",
    "redeploy": "Redeploy, once a fix has been pushed.",
    "fix_configuration": "Fix the configuration, then redeploy.",
    "": "Nothing in particular: read the log first.",
}
#: A page does not show more releases to go back to.
MAX_TARGETS = 30


@page
def retry(request: SignedInRequest, deployment_id: UUID) -> HttpResponse:
    failed = _deployable(request, deployment_id)
    action = Situation.of([failed], request.user).actions(failed)["retry"]
    return confirm(
        request,
        ConfirmationForm(request.POST or None),
        lambda **fields: services.retry(failed, **fields),
        template="deployments/retry.html",
        subject=failed,
        action=action,
        context_of=lambda: retry_context(failed),
        failure=diagnosis.CATALOGUE.get(failed.error_code),
        recommended=advice.settled(failed)
        or RECOMMENDED.get(failed.advised_verb, RECOMMENDED[""]),
    )


@page
def redeploy(request: SignedInRequest, deployment_id: UUID) -> HttpResponse:
    deployment = _deployable(request, deployment_id)
    action = Situation.of([deployment], request.user).actions(deployment)["redeploy"]
    return confirm(
        request,
        ConfirmationForm(request.POST or None),
        lambda **fields: services.redeploy(deployment, **fields),
        template="deployments/redeploy.html",
        subject=deployment,
        action=action,
        context_of=lambda: release_context(deployment.environment, deployment),
    )


@page
def rollback(request: SignedInRequest, deployment_id: UUID) -> HttpResponse:
    current = _deployable(request, deployment_id)
    situation = Situation.of([current], request.user)
    choices = services.rollback_targets(current)
    targets = {str(target.pk): target for target in choices[:MAX_TARGETS]}
    named = request.POST.get("to") or request.GET.get("to") or ""
    preselected = targets.get(str(situation.facts(current).rollback.preselected))
    chosen = targets.get(named, preselected)
    form = RollbackForm(choices, request.POST or None)
    return confirm(
        request,
        form,
        lambda **fields: services.rollback(current, **fields),
        template="deployments/rollback.html",
        subject=current,
        action=situation.actions(current)["rollback"],
        context_of=lambda: rollback_context(current.environment, chosen),
        targets=list(targets.values()),
    )


@page
def cancel(request: SignedInRequest, deployment_id: UUID) -> HttpResponse:
    deployment = _deployable(request, deployment_id)
    action = Situation.of([deployment], request.user).actions(deployment)["cancel"]
    return confirm(
        request,
        ConfirmationForm(request.POST or None),
        lambda **fields: services.cancel(deployment, **fields),
        template="deployments/cancel.html",
        subject=deployment,
        action=action,
    )


@page
def force_finish(request: SignedInRequest, deployment_id: UUID) -> HttpResponse:
    """For administrators, when nobody carries out a cancel."""
    deployment = _visible(request, deployment_id)
    services.require_force(request.user, deployment)
    return confirm(
        request,
        ForceFinishForm(request.POST or None),
        lambda **fields: services.force_finish(deployment, **fields),
        template="deployments/force_finish.html",
        subject=deployment,
        action=None,
    )


@page
def deploy(request: SignedInRequest, environment_id: UUID) -> HttpResponse:
    environment = get_object_or_404(
        Environment.objects.visible_to(request.user).select_related(
            "project__organization", "server"
        ),
        pk=environment_id,
    )
    permissions.require_deploy(request.user, environment.project)
    return confirm(
        request,
        DeployForm(request.POST or None),
        lambda **fields: services.deploy(environment, **fields),
        template="deployments/deploy.html",
        subject=environment,
        action=services.deploy_action(environment, request.user),
        context_of=lambda: release_context(environment),
    )


def _visible(request: SignedInRequest, deployment_id: UUID) -> Deployment:
    return get_object_or_404(
        Deployment.objects.visible_to(request.user)
        .with_details()
        .select_related(
            "project__organization", "environment__project", "environment__server"
        ),
        pk=deployment_id,
    )


def _deployable(request: SignedInRequest, deployment_id: UUID) -> Deployment:
    deployment = _visible(request, deployment_id)
    permissions.require_deploy(request.user, deployment.project)
    return deployment
