"""Finish by force: the last resort for a cancel that nobody carries out."""

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path

from deployments import services
from deployments.models import Deployment
from deployments.models.deployments import MAX_REASON
from oec.exceptions import ApplicationError
from projects.callers import caller


class ForceForm(forms.Form):
    reason = forms.CharField(
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="It is written into the audit trail.",
    )


class ForceFinish(admin.ModelAdmin):
    """Adds the page to a deployment that is being cancelled."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.force_finish_view)
        name = "deployments_deployment_force_finish"
        return [
            path("<path:object_id>/force-finish/", view, name=name),
            *super().get_urls(),
        ]

    def force_finish_view(self, request: HttpRequest, object_id: str) -> HttpResponse:
        if not self.has_view_permission(request):
            raise PermissionDenied
        deployment = self.get_object(request, unquote(object_id))
        if not isinstance(deployment, Deployment):
            raise Http404
        form = ForceForm(request.POST or None)
        if form.is_valid():
            self._finish(request, deployment, form.cleaned_data["reason"])
            return redirect("admin:deployments_deployment_change", deployment.pk)
        context = {
            **self.admin_site.each_context(request),
            "title": "Finish by force",
            "opts": self.opts,
            "deployment": deployment,
            "form": form,
        }
        return TemplateResponse(
            request, "admin/deployments/deployment/force_finish.html", context
        )

    def _finish(
        self, request: HttpRequest, deployment: Deployment, reason: str
    ) -> None:
        try:
            services.force_finish(deployment, reason=reason, **caller(request))
        except ApplicationError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
        else:
            self.message_user(
                request,
                f"{deployment} was finished by force. Look at its server before you "
                "deploy again.",
                messages.SUCCESS,
            )
