"""The bulk actions of the list of deployments: ask first, then act and report."""

import uuid

from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.html import format_html, format_html_join
from django.views.decorators.http import require_POST

from deployments.admin.prospects import foresee
from deployments.admin.verbs import MOST, Report, VerbForm, perform
from deployments.models import Deployment
from deployments.services import Verb
from deployments.services.verbs import CANCEL, OF_DEPLOYMENTS, REDEPLOY, RETRY, ROLLBACK
from oec.admin import staff
from projects.callers import caller


class BulkVerbs(admin.ModelAdmin):
    """Whoever sees a deployment may ask; the services decide row by row."""

    actions = ("retry_failed", "redeploy", "roll_back", "cancel")

    @admin.action(description="Retry failed deployments", permissions=["view"])
    def retry_failed(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        return self._ask_about(request, RETRY, rows)

    @admin.action(description="Redeploy", permissions=["view"])
    def redeploy(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        return self._ask_about(request, REDEPLOY, rows)

    @admin.action(description="Roll back", permissions=["view"])
    def roll_back(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        return self._ask_about(request, ROLLBACK, rows)

    @admin.action(description="Cancel", permissions=["view"])
    def cancel(self, request: HttpRequest, rows: QuerySet) -> HttpResponse | None:
        return self._ask_about(request, CANCEL, rows)

    def get_urls(self) -> list[URLPattern]:
        perform_view = require_POST(self.admin_site.admin_view(self.perform_view))
        return [
            path(
                f"{name}/",
                perform_view,
                {"verb": verb},
                name=f"deployments_deployment_{name}",
            )
            for name, verb in OF_DEPLOYMENTS.items()
        ] + super().get_urls()

    def perform_view(self, request: HttpRequest, verb: Verb) -> HttpResponse:
        """The confirmation was sent: act on each row and report."""
        if not self.has_view_permission(request):
            raise PermissionDenied
        form = VerbForm(request.POST, visible=self.get_queryset(request))
        if form.is_valid():
            report = perform(
                verb,
                form.cleaned_data["deployments"].newest_first(),
                key=str(form.cleaned_data["key"]),
                reason=form.cleaned_data["reason"],
                **caller(request),
            )
            self._show(request, verb, report)
        elif form.can_be_asked_again:
            return self._confirmation(request, verb, form)
        else:
            self.message_user(
                request,
                "The selection is not valid any more. Nothing was changed; choose the "
                "deployments again.",
                messages.ERROR,
            )
        return redirect("admin:deployments_deployment_changelist")

    def _ask_about(
        self, request: HttpRequest, verb: Verb, selected: QuerySet
    ) -> HttpResponse | None:
        keys = list(selected.values_list("pk", flat=True)[: MOST + 1])
        if len(keys) > MOST:
            self.message_user(
                request,
                f"Choose at most {MOST} deployments at once, so that you can read what "
                "will happen to each.",
                messages.ERROR,
            )
            return None
        form = VerbForm(
            initial={"key": uuid.uuid4(), "deployments": keys},
            visible=self.get_queryset(request),
        )
        return self._confirmation(request, verb, form)

    def _confirmation(
        self, request: HttpRequest, verb: Verb, form: VerbForm
    ) -> HttpResponse:
        keys = form["deployments"].value()
        rows = (
            Deployment.objects.visible_to(staff(request))
            .with_configurations()
            .filter(pk__in=keys)
            .newest_first()
        )
        prospects = foresee(verb, rows, staff(request))
        context = {
            **self.admin_site.each_context(request),
            "title": verb.label_of_many,
            "opts": self.opts,
            "verb": verb,
            "form": form,
            "action_url": reverse(f"admin:deployments_deployment_{verb.name}"),
            "prospects": prospects,
            "any_allowed": any(prospect.outcome for prospect in prospects),
        }
        return TemplateResponse(
            request, "admin/deployments/deployment/confirm.html", context
        )

    def _show(self, request: HttpRequest, verb: Verb, report: Report) -> None:
        if report.done:
            links = format_html_join(
                ", ",
                '<a href="{}">{}</a>',
                ((reverse("deployment", args=[pk]), name) for pk, name in report.done),
            )
            self.message_user(
                request, format_html("{}: {}.", verb.done, links), messages.SUCCESS
            )
        for reason, names in report.refused.items():
            self.message_user(
                request, f"{', '.join(names)}: {reason}", messages.WARNING
            )
