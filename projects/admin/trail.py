"""Who did what."""

from django.contrib import admin

from oec.admin import ReadOnly, VisibleRelatedFilter
from projects.models import AuditEntry


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnly):
    fields = (
        "created_at",
        "actor",
        "actor_name",
        "action",
        "object_type",
        "object_name",
        "object_id",
        "organization",
        "project",
        "facts",
        "address",
    )
    list_display = (
        "created_at",
        "actor_name",
        "action",
        "object_type",
        "object_name",
        "project",
        "address",
    )
    list_filter = (
        "created_at",
        ("organization", VisibleRelatedFilter),
        ("project", VisibleRelatedFilter),
    )
    list_select_related = ("project",)
    search_fields = ("=actor_name", "=action", "=object_id", "object_name")
    sortable_by = ()
