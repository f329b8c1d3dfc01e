"""What the forms have in common."""

from typing import Any

from django import forms

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


class ServiceForm(forms.ModelForm):
    """A form whose fields are handed to a service instead of being saved."""

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}

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
