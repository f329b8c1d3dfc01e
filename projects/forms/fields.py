"""What the forms have in common."""

from typing import Any

from django import forms

from projects.forms.removal import (
    PREFIX,
    RemovesSecrets,
    box_for,
    changes_of,
    stored_secrets,
)
from projects.models import Organization

KEEP = "Never shown. Leave empty to keep the stored value."


class WriteOnly(forms.Textarea):
    """Takes a secret and never shows one, not even the one just refused."""

    def __init__(self, **attrs: str) -> None:
        hints = {"rows": 2, "autocomplete": "off", "spellcheck": "false"}
        super().__init__({**hints, **attrs})

    def format_value(self, value: Any) -> None:
        return None


class TextBlock(forms.CharField):
    """Text of several lines, exactly as typed; browsers send CRLF for a line end."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class ServiceForm(RemovesSecrets):
    """A form whose fields are handed to a service instead of being saved.

    Behind each secret that is stored stands a box to remove it.
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        order = list(self.fields)
        for name in stored_secrets(self.instance):
            if name in self.fields:
                self.fields[PREFIX + name] = box_for(name, self._meta.model)
                order.insert(order.index(name) + 1, PREFIX + name)
        self.order_fields(order)

    def changes(self) -> dict[str, Any]:
        return changes_of(self)

    def refuse(self, errors: dict[str, list[str]]) -> None:
        """Show what a service said about the fields."""
        for name, sentences in errors.items():
            self.add_error(name if name in self.fields else None, sentences)

    def _post_clean(self) -> None:
        # The instance stays as it is stored: a service compares it with the changes,
        # and validates what comes of them.
        pass


class OfOrganization(forms.Form):
    """Asks first to whom something new belongs."""

    organization = forms.ModelChoiceField(Organization.objects.none(), empty_label=None)

    def __init__(self, organizations: Any, data: Any = None) -> None:
        super().__init__(data)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]
