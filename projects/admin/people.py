"""Who: users, and the organizations that they belong to."""

from typing import Any, ClassVar

from django import forms
from django.contrib import admin
from django.contrib.auth import admin as auth_admin
from django.contrib.auth.models import Permission
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse

from oec.admin import VisibleRows, staff
from projects import audit, permissions, services
from projects.admin.changes import (
    RowsThroughServices,
    ThroughServices,
    save_rows,
)
from projects.callers import Caller, caller
from projects.models import Membership, Organization, User


@admin.register(User)
class UserAdmin(auth_admin.UserAdmin, VisibleRows):
    """Superusers administer people: whoever sets passwords and flags becomes anybody.

    What people may do in the product comes from their roles in organizations and
    projects. Nobody is deleted, because the audit trail names them: deactivate them.
    """

    fieldsets = (
        (None, {"fields": ("username", "password")}),
        ("Name", {"fields": ("first_name", "last_name", "email")}),
        ("Sign-in", {"fields": ("is_active", "last_login", "date_joined")}),
        (
            "Administration",
            {
                "fields": ("is_staff", "is_superuser", "user_permissions"),
                "description": (
                    "Staff may enter the administration. There they see what the "
                    "product shows them, of the kinds that are chosen here."
                ),
            },
        ),
    )
    seen_by_others = ((None, {"fields": ("username", "first_name", "last_name")}),)
    readonly_fields = ("last_login", "date_joined")
    list_display = ("username", "first_name", "last_name", "is_active", "is_staff")
    list_filter = ("is_active", "is_staff", "is_superuser")
    search_fields = ("username", "first_name", "last_name")
    filter_horizontal = ("user_permissions",)

    def visible_to(self, user: Any, rows: Any) -> models.QuerySet:
        mine = Organization.objects.visible_to(user)
        return rows.filter(memberships__organization__in=mine).distinct()

    def has_add_permission(self, request: HttpRequest) -> bool:
        return staff(request).is_superuser

    def has_change_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return staff(request).is_superuser

    def get_fieldsets(self, request: HttpRequest, obj: Any = None) -> Any:
        if not self.has_change_permission(request, obj):
            return self.seen_by_others
        return super().get_fieldsets(request, obj)

    def formfield_for_manytomany(
        self, db_field: Any, request: Any = None, **kwargs: Any
    ) -> Any:
        if db_field.name == "user_permissions":
            kwargs["queryset"] = Permission.objects.filter(
                content_type__app_label__in=("project", "deployments")
            ).select_related("content_type")
        return super().formfield_for_manytomany(db_field, request, **kwargs)

    def user_change_password(
        self, request: HttpRequest, id: str, form_url: str = ""
    ) -> HttpResponse:
        with transaction.atomic():
            return super().user_change_password(request, id, form_url)

    def log_addition(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        _record(request, "user.created", obj, message)
        return super().log_addition(request, obj, message)

    def log_change(self, request: HttpRequest, obj: Any, message: Any) -> Any:
        _record(request, "user.changed", obj, message)
        return super().log_change(request, obj, message)


def _record(request: HttpRequest, action: str, user: User, message: Any) -> None:
    """``message`` names the fields that were changed, without their values."""
    who = caller(request)
    audit.record(
        who["by"],
        action,
        user,
        address=who["address"],
        changed=message,
        is_active=user.is_active,
        is_staff=user.is_staff,
        is_superuser=user.is_superuser,
        permissions=sorted(user.user_permissions.values_list("codename", flat=True)),
    )


class MemberForm(forms.ModelForm):
    """A stored membership belongs to its person; only the role changes."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not self.instance._state.adding and "user" in self.fields:
            self.fields["user"].disabled = True


class MembershipInline(RowsThroughServices):
    model = Membership
    form = MemberForm
    fields = ("user", "role")
    autocomplete_fields = ("user",)
    verbose_name_plural = "members"

    def may_change(self, user: User, parent: Organization) -> bool:
        return permissions.can_administer(user, parent)


@admin.register(Organization)
class OrganizationAdmin(ThroughServices):
    """Whoever adds an organization becomes its owner; members come after that."""

    fields = ("name",)
    inlines: ClassVar = [MembershipInline]
    list_display = ("name", "members", "created_at")
    search_fields = ("name",)

    def details(self, rows: Any) -> models.QuerySet:
        return rows.annotate(members=models.Count("memberships"))

    def visible_to(self, user: Any, rows: Any) -> models.QuerySet:
        # Membership joined twice would count wrong.
        return rows.filter(pk__in=Organization.objects.visible_to(user))

    @admin.display(ordering="members")
    def members(self, organization: Any) -> int:
        return organization.members

    def may_change(self, user: User, obj: Organization) -> bool:
        return permissions.can_administer(user, obj)

    def require_add(self, user: User, obj: Organization, sentence: str) -> None:
        permissions.require_add_organization(user, sentence)

    def create(self, fields: dict[str, Any], who: Caller) -> Organization:
        return services.create_organization(name=fields["name"], **who)

    def change(self, obj: Organization, fields: dict[str, Any], who: Caller) -> None:
        services.change_organization(obj, **fields, **who)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        who = caller(request)
        save_rows(
            formset,
            put=lambda member: services.set_member(
                formset.instance, user=member.user, role=member.role, **who
            ),
            remove=lambda member: services.remove_member(member, **who),
        )
