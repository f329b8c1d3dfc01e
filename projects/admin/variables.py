"""One environment variable in a form."""

from typing import Any

from django import forms

from projects.admin.changes import ATTRIBUTES, LineFeedTextarea
from projects.models import Variable


class VariableForm(forms.ModelForm):
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

    def save(self, commit: bool = True) -> Variable:
        variable: Variable = super().save(commit)
        if self.shows_value:
            # Here an empty field means the empty text, not the stored one.
            variable.value = self.cleaned_data["value"]
        return variable
