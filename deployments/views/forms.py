"""What people fill in before a verb is carried out."""

from typing import Any
from uuid import uuid4

from django import forms
from django.db.models import QuerySet

from deployments.models import Deployment
from deployments.models.deployments import MAX_REASON
from oec.exceptions import ApplicationError, InvalidInput


class ConfirmationForm(forms.Form):
    """``key`` names this one showing of the form: it starts at most one deployment."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    reason = forms.CharField(
        required=False,
        max_length=MAX_REASON,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=f"What was fixed, or why now. At most {MAX_REASON} characters.",
    )

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.initial["key"] = uuid4()

    def accepted(self) -> dict[str, Any]:
        """The cleaned fields. Raises ``InvalidInput`` when something is wrong."""
        if not self.is_valid():
            raise InvalidInput({name: [*texts] for name, texts in self.errors.items()})
        return {**self.cleaned_data}

    def fields_sent(self) -> dict[str, str]:
        """What was asked for, without the key."""
        return {name: self.data.get(name, "") for name in self.fields if name != "key"}

    def show_refusal(self, refusal: ApplicationError) -> None:
        """Show what is wrong, and ask again: as another showing, with another key."""
        if isinstance(refusal, InvalidInput) and not self.errors:
            for name, sentences in refusal.extra["errors"].items():
                self.add_error(name if name in self.fields else None, sentences)
        self.data = {**self.fields_sent(), "key": str(uuid4())}


class DeployForm(ConfirmationForm):
    git_commit = forms.CharField(
        label="Commit",
        required=False,
        help_text="Its full name of 40 hex digits. Leave empty for the branch's head.",
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "spellcheck": "false", "class": "mono"}
        ),
    )
    field_order = ("git_commit", "reason")


class RollbackForm(ConfirmationForm):
    to = forms.ModelChoiceField(Deployment.objects.none(), widget=forms.RadioSelect)

    def __init__(self, targets: QuerySet[Deployment], data: Any = None) -> None:
        super().__init__(data)
        self.fields["to"].queryset = targets  # type: ignore[attr-defined]


class ForceFinishForm(ConfirmationForm):
    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["reason"].required = True
