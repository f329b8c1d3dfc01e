"""Boxes that remove a stored secret, behind the fields that never show it."""

from typing import Any

from django import forms
from django.db import models

from projects.secrets import EncryptedTextField

PREFIX = "remove_"


def stored_secrets(row: models.Model | None) -> list[str]:
    """The secrets that somebody has entered there and may take out again."""
    if row is None:
        return []
    return [
        field.name
        for field in row._meta.concrete_fields
        if isinstance(field, EncryptedTextField)
        and field.editable
        and field.blank
        and field.is_stored(row)
    ]


def box_for(name: str, model: type[models.Model]) -> forms.BooleanField:
    titles = {field.name: field.verbose_name for field in model._meta.concrete_fields}
    label = f"Remove the stored {titles[name]}"
    return forms.BooleanField(label=label, required=False)


def changes_of(form: forms.ModelForm) -> dict[str, Any]:
    """The fields that were changed; None where a box asks to remove what is stored."""
    changed = {name: form.cleaned_data[name] for name in form.changed_data}
    boxes = [name for name in changed if name.startswith(PREFIX)]
    for box in boxes:
        del changed[box]
        changed[box.removeprefix(PREFIX)] = None
    return changed


class RemovesSecrets(forms.ModelForm):
    """Refuses to guess when somebody enters a secret and removes it at once."""

    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        for box in [name for name in self.cleaned_data if name.startswith(PREFIX)]:
            name = box.removeprefix(PREFIX)
            if self.cleaned_data[box] and self.cleaned_data.get(name):
                self.add_error(name, "Enter a new value or remove the stored one.")
        return cleaned
