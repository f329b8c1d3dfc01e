"""Releases, events and signs of life: written by OEC, only looked at here."""

import json
from typing import Any

from django.contrib import admin
from django.db import models

from deployments.configuration import FrozenSettings
from deployments.models import Beat, Event, Release
from deployments.models.chunks import beginning
from oec.admin import ReadOnly, VisibleRelatedFilter
from projects.models import Environment, Project

#: Characters of an output that a list shows; an event may hold 64 KiB.
EXCERPT = 500


def with_excerpts(events: models.QuerySet) -> models.QuerySet:
    """Leave the long texts in the database and bring their beginnings."""
    return events.annotate(excerpt=beginning(EXCERPT)).defer("text")


@admin.register(Release)
class ReleaseAdmin(ReadOnly):
    """Its variables stay sealed, the plain ones too."""

    fields = (
        "environment",
        "git_branch",
        "git_commit",
        "git_message",
        "settings",
        "config_digest",
        "created_at",
    )
    readonly_fields = ("settings",)
    list_display = (
        "created_at",
        "environment__project",
        "environment",
        "git_branch",
        "short_commit",
        "subject",
        "config_digest",
    )
    list_filter = (("environment__project", VisibleRelatedFilter),)
    list_select_related = ("environment__project",)
    search_fields = ("^git_commit", "^config_digest", "git_branch")
    sortable_by = ()

    def details(self, rows: Any) -> models.QuerySet:
        return rows.defer("variables", "environment__project__git_token")

    @admin.display(description="configuration")
    def settings(self, release: Release) -> str:
        return json.dumps(FrozenSettings.of(release).written, ensure_ascii=False)

    def visible_to(self, user: Any, rows: Any) -> models.QuerySet:
        return rows.filter(environment__in=Environment.objects.visible_to(user))


@admin.register(Event)
class EventAdmin(ReadOnly):
    fields = (
        "deployment",
        "seq",
        "epoch",
        "kind",
        "step",
        "state",
        "text",
        "created_at",
    )
    list_display = (
        "created_at",
        "deployment",
        "seq",
        "kind",
        "step",
        "state",
        "begins",
    )
    list_filter = ("kind",)
    list_select_related = ("deployment__project",)
    ordering = ("-id",)
    sortable_by = ()

    def details(self, rows: Any) -> models.QuerySet:
        return with_excerpts(rows).defer("text", "deployment__project__git_token")

    def visible_to(self, user: Any, rows: Any) -> models.QuerySet:
        return rows.filter(deployment__project__in=Project.objects.visible_to(user))

    @admin.display(description="Text")
    def begins(self, event: Any) -> str:
        return event.excerpt[:EXCERPT]


@admin.register(Beat)
class BeatAdmin(ReadOnly):
    fields = ("kind", "name", "seen_at", "facts")
    list_display = ("kind", "name", "seen_at", "facts")
    list_filter = ("kind",)
    ordering = ("kind", "name")

    def visible_to(self, user: Any, rows: Any) -> models.QuerySet:
        return rows
