"""One verb on many deployments: the question, the form, and what came of it."""

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import QuerySet

from deployments import services
from deployments.models import Deployment
from deployments.models.deployments import MAX_REASON
from deployments.services import Verb
from oec.exceptions import ApplicationError
from projects.models import User

#: Deployments in one bulk action: what a person can still read before confirming.
MOST = 100


class VerbForm(forms.Form):
    """A confirmed bulk action; ``key`` makes sending it twice act once."""

    key = forms.UUIDField(widget=forms.HiddenInput)
    deployments = forms.ModelMultipleChoiceField(
        Deployment.objects.none(), widget=forms.MultipleHiddenInput
    )
    reason = forms.CharField(
        max_length=MAX_REASON,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2, "cols": 60}),
        help_text="What was fixed, or why. It stays with each deployment.",
    )

    def __init__(self, *args: Any, visible: QuerySet, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["deployments"].queryset = visible  # type: ignore[attr-defined]

    @property
    def can_be_asked_again(self) -> bool:
        """Nothing but the reason has to be corrected."""
        return self.errors.keys() == {"reason"}


@dataclass(frozen=True, slots=True)
class Report:
    """``done`` holds id and name of each deployment, ``refused`` names by reason."""

    done: list[tuple[str, str]] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)


def perform(
    verb: Verb,
    deployments: Iterable[Deployment],
    *,
    key: str,
    reason: str,
    by: User,
    address: str | None,
) -> Report:
    """Each row in a transaction of its own; a refusal stops none of the others."""
    report = Report()
    for deployment in deployments:

        def act(deployment: Deployment = deployment) -> Deployment:
            return verb.act(deployment, by=by, reason=reason, address=address)

        try:
            _, answer = services.once(
                f"admin:{key}:{deployment.pk}",
                by=by,
                request=(f"admin:{verb.name}:{deployment.pk}", {"reason": reason}),
                act=act,
                answer=lambda made: (200, {"id": str(made.pk), "name": str(made)}),
            )
        except ApplicationError as refusal:
            report.refused.setdefault(refusal.detail, []).append(str(deployment))
        else:
            report.done.append((answer["id"], answer["name"]))
    return report
