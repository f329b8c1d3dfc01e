"""Variables as rows on the page of their environment or project."""

from typing import Any

from django import forms

from projects import permissions, services
from projects.admin.changes import (
    ATTRIBUTES,
    LineFeedTextarea,
    RowsThroughServices,
    save_rows,
)
from projects.callers import Caller
from projects.models import Environment, Project, ProjectVariable, User, Variable


class VariableAdminForm(forms.ModelForm):
    """A plain value is shown and edited, a secret one only replaced."""

    class Meta:
        model = Variable
        fields = ("name", "value", "is_secret")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.stored = not self.instance._state.adding
        self.was_secret = self.stored and self.instance.is_secret
        if "value" not in self.fields:
            return
        # Leading and trailing space belongs to the value.
        self.fields["value"].strip = False  # type: ignore[attr-defined]
        self.fields["name"].disabled = self.stored
        if self.shows_value:
            self.fields["value"].widget = LineFeedTextarea(attrs=ATTRIBUTES)
            self.initial["value"] = self.instance.value

    @property
    def shows_value(self) -> bool:
        return self.stored and not self.was_secret

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        revealed = self.was_secret and not self.cleaned_data.get("is_secret")
        if revealed and not self.cleaned_data.get("value"):
            self.add_error(
                "value",
                "A secret is never shown again. Enter the value anew to make it plain.",
            )
        return cleaned

    def save(self, commit: bool = True) -> Any:
        variable = super().save(commit)
        if self.shows_value:
            # Here an empty field means the empty text, not the stored one.
            variable.value = self.cleaned_data["value"]
        return variable


class ProjectVariableAdminForm(VariableAdminForm):
    class Meta:
        model = ProjectVariable
        fields = VariableAdminForm.Meta.fields


class VariableInline(RowsThroughServices):
    model = Variable
    form = VariableAdminForm
    fields = ("name", "value", "is_secret")

    def may_change(self, user: User, parent: Environment) -> bool:
        return permissions.can_change(user, parent.project)


class ProjectVariableInline(RowsThroughServices):
    model = ProjectVariable
    form = ProjectVariableAdminForm
    fields = ("name", "value", "is_secret")
    verbose_name_plural = "variables of all environments, unless they have their own"

    def may_change(self, user: User, parent: Project) -> bool:
        return permissions.can_change(user, parent)


def save_variables(formset: Any, who: Caller) -> None:
    save_rows(
        formset,
        put=lambda variable: services.set_variable(
            formset.instance,
            name=variable.name,
            value=variable.value,
            is_secret=variable.is_secret,
            **who,
        ),
        remove=lambda variable: services.remove_variable(variable, **who),
    )
