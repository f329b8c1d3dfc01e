"""Pages whose changes go through the services, and how they keep secrets."""

from collections.abc import Callable, Sequence
from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.contrib.admin.options import BaseModelAdmin
from django.db import models
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect

from oec.admin import VisibleChoices, VisibleRows, staff
from oec.exceptions import ApplicationError
from projects.callers import Caller, caller
from projects.forms.removal import (
    PREFIX,
    RemovesSecrets,
    box_for,
    changes_of,
    stored_secrets,
)
from projects.models import User
from projects.secrets import EncryptedTextField


class LineFeedTextarea(forms.Textarea):
    """Undoes what HTML does to line ends: ``\\r`` would become part of a command."""

    def value_from_datadict(self, data: Any, files: Any, name: str) -> str | None:
        text = super().value_from_datadict(data, files, name)
        return text and text.replace("\r\n", "\n")


class SecretTextarea(LineFeedTextarea):
    """Never shows a value, not even the one that was just typed."""

    def format_value(self, value: Any) -> str:
        return ""


ATTRIBUTES = {"rows": 3, "cols": 60, "spellcheck": "false", "autocomplete": "off"}
WIDGETS: dict[type[models.Field], dict[str, Any]] = {
    models.TextField: {"widget": LineFeedTextarea(attrs=ATTRIBUTES)},
    EncryptedTextField: {
        "widget": SecretTextarea(
            attrs={
                **ATTRIBUTES,
                "placeholder": "Never shown. Leave empty to keep the stored value.",
            }
        )
    },
}


class SecretsKept(BaseModelAdmin):
    """Takes secrets off the page for those who may only look.

    A form field never shows its secret, but the plain text of a read-only page would.
    """

    formfield_overrides = WIDGETS

    def get_fieldsets(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> list[tuple[Any, Any]]:
        fieldsets = super().get_fieldsets(request, obj)
        if self.has_change_permission(request, obj):
            return list(fieldsets)
        secret = {
            field.name
            for field in self.model._meta.get_fields()
            if isinstance(field, EncryptedTextField)
        }
        return [
            (title, {**room, "fields": [n for n in room["fields"] if n not in secret]})
            for title, room in fieldsets
        ]


class ThroughServices(SecretsKept, VisibleRows):
    """A page of rows that are created and changed by the services alone."""

    form = RemovesSecrets
    #: Columns that belong to the identity of a row: chosen once.
    fixed: ClassVar[tuple[str, ...]] = ()

    def may_change(self, user: User, obj: Any) -> bool:
        """What the product itself would say; model permissions come on top."""
        raise NotImplementedError

    def require_add(self, user: User, obj: Any, sentence: str) -> None:
        """The same of a row that is not stored yet; refuses with ``sentence``."""
        raise NotImplementedError

    def create(self, fields: dict[str, Any], who: Caller) -> models.Model:
        raise NotImplementedError

    def change(self, obj: Any, fields: dict[str, Any], who: Caller) -> None:
        raise NotImplementedError

    def has_add_permission(self, request: HttpRequest) -> bool:
        return super().has_add_permission(request) and self.has_change_permission(
            request
        )

    def has_change_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or self.may_change(staff(request), obj)
        )

    def get_readonly_fields(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> list[str]:
        readonly = list(super().get_readonly_fields(request, obj))
        return [*readonly, *self.fixed] if obj else readonly

    def get_form(
        self,
        request: HttpRequest,
        obj: models.Model | None = None,
        change: bool = False,
        **kwargs: Any,
    ) -> Any:
        boxes = {
            PREFIX + name: box_for(name, self.model) for name in stored_secrets(obj)
        }
        form = type(self.form.__name__, (self.form,), boxes)
        return super().get_form(request, obj, change, **{"form": form, **kwargs})

    def get_fieldsets(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> list[tuple[Any, Any]]:
        """Behind each stored secret that may be changed, the box to remove it."""
        stored = stored_secrets(obj)
        return [
            (title, {**room, "fields": _with_boxes(room["fields"], stored)})
            for title, room in super().get_fieldsets(request, obj)
        ]

    def get_inlines(self, request: HttpRequest, obj: models.Model | None) -> list[Any]:
        return list(super().get_inlines(request, obj)) if obj else []

    def save_model(
        self, request: HttpRequest, obj: Any, form: Any, change: bool
    ) -> None:
        fields = form.cleaned_data
        if not change:
            sentence = (
                f"You may not add a {self.opts.verbose_name} there. An administrator "
                "of the organization can."
            )
            self.require_add(staff(request), obj, sentence)
            # The page goes on with the row that the service made.
            vars(obj).update(vars(self.create(dict(fields), caller(request))))
        elif form.changed_data:
            # Services compare with what is stored, and the form has overwritten it.
            stored = self.model._default_manager.get(pk=obj.pk)
            self.change(stored, changes_of(form), caller(request))

    def changeform_view(
        self,
        request: HttpRequest,
        object_id: str | None = None,
        form_url: str = "",
        extra_context: dict[str, Any] | None = None,
    ) -> HttpResponse:
        """A refusal of the services undoes the request and becomes a message."""
        try:
            return super().changeform_view(request, object_id, form_url, extra_context)
        except ApplicationError as refusal:
            self.message_user(request, refusal.detail, messages.ERROR)
        if request.method == "POST":
            return redirect(request.get_full_path())
        return redirect(
            f"admin:{self.opts.app_label}_{self.opts.model_name}_changelist"
        )


def _with_boxes(names: Sequence[str], secrets: Sequence[str]) -> list[str]:
    return [
        column
        for name in names
        for column in ((name, PREFIX + name) if name in secrets else (name,))
    ]


class RowsThroughServices(SecretsKept, VisibleChoices, admin.TabularInline):
    """Rows within such a page; whoever may change the page may change them."""

    extra = 0

    def may_change(self, user: User, parent: Any) -> bool:
        raise NotImplementedError

    def has_change_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return super().has_change_permission(request, obj) and (
            obj is None or self.may_change(staff(request), obj)
        )

    def has_add_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return super().has_add_permission(request, obj) and self.has_change_permission(
            request, obj
        )

    def has_delete_permission(
        self, request: HttpRequest, obj: models.Model | None = None
    ) -> bool:
        return super().has_delete_permission(
            request, obj
        ) and self.has_change_permission(request, obj)


def save_rows(
    formset: Any, *, put: Callable[[Any], Any], remove: Callable[[Any], Any]
) -> None:
    """Hand each changed row of a formset to the services instead of saving it."""
    formset.save(commit=False)
    for row in formset.deleted_objects:
        remove(row)
    for row in (*formset.new_objects, *(row for row, _ in formset.changed_objects)):
        put(row)
