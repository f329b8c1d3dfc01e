"""Deployments: read here, moved only by the verbs that every door calls."""

import uuid
from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from deployments import services
from deployments.admin.bulk import BulkVerbs
from deployments.admin.force import ForceFinish
from deployments.admin.records import with_excerpts
from deployments.models import Deployment, Event
from oec.admin import ReadOnly, VisibleRelatedFilter, staff

#: Events on a deployment's page, the newest; its own page has the whole log.
NEWEST_EVENTS = 200


@admin.register(Deployment)
class DeploymentAdmin(BulkVerbs, ForceFinish, ReadOnly):
    change_form_template = "admin/deployments/deployment/deployment.html"
    fieldsets = (
        (
            None,
            {"fields": ("status", "project", "environment", "server", "version")},
        ),
        ("What", {"fields": ("release", "commit", "message")}),
        (
            "Where it comes from",
            {
                "fields": (
                    "trigger",
                    "triggered_by",
                    "reason",
                    "retry_of",
                    "attempt",
                    "rollback_from",
                )
            },
        ),
        (
            "How it went",
            {
                "fields": (
                    "created_at",
                    "started_at",
                    "completed_at",
                    "duration",
                    "step",
                    "error_code",
                    "remote_remark",
                    "serving_remark",
                    "serving_since",
                    "error_message",
                    "error_evidence",
                    "worker",
                    "cancel_requested_at",
                    "cancel_requested_by",
                    "log_pruned_at",
                    "events_pruned_at",
                )
            },
        ),
    )
    list_display = (
        "__str__",
        "status",
        "error_message",
        "environment",
        "commit",
        "created_at",
        "duration",
        "trigger",
        "triggered_by",
    )
    # No date hierarchy: it looks through the whole table.
    list_filter = (
        "status",
        "trigger",
        ("project", VisibleRelatedFilter),
        "created_at",
    )
    search_fields = (
        "=error_code",
        "^release__git_commit",
        "release__git_branch",
        "project__name",
        "environment__name",
        "triggered_by__username",
    )
    search_help_text = (
        "A name, a branch, the beginning of a commit, a failure's code, or an id."
    )
    sortable_by = ("created_at",)

    def details(self, rows: Any) -> QuerySet:
        return rows.with_details()

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet, search_term: str
    ) -> tuple[QuerySet, bool]:
        try:
            return queryset.filter(pk=uuid.UUID(search_term)), False
        except ValueError:
            return super().get_search_results(request, queryset, search_term)

    @admin.display(description="Commit")
    def commit(self, deployment: Deployment) -> str:
        return deployment.release.short_commit or "not resolved yet"

    @admin.display(description="Message")
    def message(self, deployment: Deployment) -> str:
        return deployment.release.git_message

    @admin.display(description="Duration")
    def duration(self, deployment: Deployment) -> str | None:
        seconds = deployment.duration_seconds
        return None if seconds is None else f"{seconds:.1f} s"

    def change_view(
        self,
        request: HttpRequest,
        object_id: str,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        deployment = self.get_object(request, object_id)
        if isinstance(deployment, Deployment):
            situation = services.Situation.of([deployment], staff(request))
            events = Event.objects.filter(deployment=deployment).order_by("-seq")
            extra_context = {
                **(extra_context or {}),
                "verbs": [
                    (verb, reverse(f"deployment-{verb}", args=[deployment.pk]), action)
                    for verb, action in situation.actions(deployment).items()
                ],
                "events": with_excerpts(events)[:NEWEST_EVENTS],
                "can_be_forced": services.can_force_finish(staff(request), deployment),
            }
        return super().change_view(request, object_id, form_url, extra_context)
