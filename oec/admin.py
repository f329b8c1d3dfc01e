"""What every page of the administration shares.

Staff see here what the product shows them, and nothing that history speaks of is ever
removed here.
"""

from typing import Any

from django.contrib import admin
from django.contrib.admin.exceptions import NotRegistered
from django.contrib.admin.options import BaseModelAdmin
from django.core.paginator import Paginator
from django.db import models
from django.http import HttpRequest
from django.utils.functional import cached_property

#: Rows are counted, and pages offered, up to here.
COUNTED = 10_000


def staff(request: HttpRequest) -> Any:
    """Who is asking; the administration is open to nobody who is not signed in."""
    return request.user


class BoundedPaginator(Paginator):
    """Counts no further than anybody turns pages: a million rows cost no more."""

    object_list: models.QuerySet

    @cached_property
    def count(self) -> int:
        return self.object_list[:COUNTED].count()

    @property
    def more_than_counted(self) -> bool:
        return self.count == COUNTED


class VisibleChoices(BaseModelAdmin):
    """Offers as related rows those that the administration lists for this person."""

    def get_field_queryset(
        self, db: str | None, db_field: Any, request: HttpRequest
    ) -> models.QuerySet | None:
        try:
            related = self.admin_site.get_model_admin(db_field.related_model)
        except NotRegistered:
            return super().get_field_queryset(db, db_field, request)
        return related.get_queryset(request)


class VisibleRows(VisibleChoices, admin.ModelAdmin):
    """Lists what ``visible_to`` shows this person, quickly at any size."""

    list_per_page = 50
    paginator = BoundedPaginator
    show_full_result_count = False
    show_facets = admin.ShowFacets.NEVER
    view_on_site = False

    def details(self, rows: Any) -> models.QuerySet:
        """The rows with what the pages show of them."""
        return rows

    def visible_to(self, user: Any, rows: Any) -> models.QuerySet:
        """The rows that the product shows to a person who is no superuser."""
        return rows.visible_to(user)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet:
        rows = self.details(super().get_queryset(request))
        user = staff(request)
        # Asking which of a million rows are all of them takes its time.
        return rows if user.is_superuser else self.visible_to(user, rows)

    def has_delete_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return False


class ReadOnly(VisibleRows):
    """Rows that only OEC itself writes."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return False


class VisibleRelatedFilter(admin.RelatedFieldListFilter):
    """Filters by a related row, naming only those that this person sees."""

    def field_choices(
        self, field: Any, request: HttpRequest, model_admin: admin.ModelAdmin
    ) -> list[tuple[str, Any]]:
        related = model_admin.admin_site.get_model_admin(field.related_model)
        return [(row.pk, str(row)) for row in related.get_queryset(request)]
