"""One verb on many deployments: what would happen, and what did."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.db.models import QuerySet

from deployments import services
from deployments.models import Deployment, Release
from deployments.models.deployments import MAX_REASON
from deployments.services import rules
from oec.exceptions import ApplicationError
from projects.models import User

#: Deployments in one bulk action: what a person can still read before confirming.
MOST = 100

ADVICE = {
    "retry": "Retry",
    "redeploy": "Redeploy",
    "fix_configuration": "Fix the configuration, then redeploy",
}


@dataclass(frozen=True, slots=True)
class Verb:
    """``starts`` says that it makes a new deployment, one at a time per project."""

    name: str
    button: str
    question: str
    done: str
    act: Callable[..., Deployment]
    starts: bool = True


VERBS = {
    verb.name: verb
    for verb in (
        Verb(
            "retry",
            "Retry deployments",
            "Retry these deployments with the same code and configuration?",
            "Retried",
            services.retry,
        ),
        Verb(
            "redeploy",
            "Redeploy",
            "Redeploy the newest commit with today's configuration?",
            "Redeployed",
            services.redeploy,
        ),
        Verb(
            "rollback",
            "Roll back",
            "Go back to the commit and the configuration of an earlier success?",
            "Rolled back",
            services.rollback,
        ),
        Verb(
            "cancel",
            "Cancel deployments",
            "Cancel these deployments?",
            "Cancel requested for",
            services.cancel,
            starts=False,
        ),
    )
}


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
class Prospect:
    """One row of the confirmation."""

    deployment: Deployment
    outcome: str
    refusal: str
    advice: str
    warnings: list[str]


@dataclass(frozen=True, slots=True)
class Report:
    """``done`` holds id and name of each deployment, ``refused`` names by reason."""

    done: list[tuple[str, str]] = field(default_factory=list)
    refused: dict[str, list[str]] = field(default_factory=dict)


def foresee(
    verb: Verb, deployments: Iterable[Deployment], user: User
) -> list[Prospect]:
    """What the verb would do to each now, in a constant number of queries."""
    rows = list(deployments)
    situation = services.Situation.of(rows, user)
    outcomes = _outcomes(verb, rows, situation)
    taken: set[Any] = set()
    prospects = []
    for deployment in rows:
        action = situation.actions(deployment)[verb.name]
        refusal = action.detail
        if action.allowed and verb.starts:
            if deployment.project_id in taken:
                refusal = (
                    "Another deployment of this project comes first in this selection."
                )
            taken.add(deployment.project_id)
        prospects.append(
            Prospect(
                deployment=deployment,
                outcome="" if refusal else outcomes[deployment.pk],
                refusal=refusal,
                advice=ADVICE.get(rules.recommended_verb(deployment) or "", ""),
                warnings=[] if refusal else [w["detail"] for w in action.warnings],
            )
        )
    return prospects


def perform(
    verb: Verb,
    deployments: Iterable[Deployment],
    *,
    user: User,
    key: str,
    reason: str,
    address: str | None,
) -> Report:
    """Each row in a transaction of its own; a refusal stops none of the others."""
    report = Report()
    for deployment in deployments:

        def act(deployment: Deployment = deployment) -> Deployment:
            return verb.act(deployment, by=user, reason=reason, address=address)

        try:
            _, answer = services.once(
                f"admin:{key}:{deployment.pk}",
                by=user,
                request=(f"admin:{verb.name}:{deployment.pk}", {"reason": reason}),
                act=act,
                answer=lambda made: (200, {"id": str(made.pk), "name": str(made)}),
            )
        except ApplicationError as refusal:
            report.refused.setdefault(refusal.detail, []).append(str(deployment))
        else:
            report.done.append((answer["id"], answer["name"]))
    return report


def _outcomes(
    verb: Verb, rows: list[Deployment], situation: services.Situation
) -> dict[Any, str]:
    if verb.name == "rollback":
        return _rollbacks(rows, situation)
    sentences: dict[str, Callable[[Deployment], str]] = {
        "retry": lambda row: f"The same release again: {row.release}",
        "redeploy": lambda row: (
            f"The head of {row.release.git_branch} with today's configuration"
        ),
        "cancel": lambda row: "Ends, without becoming live",
    }
    return {row.pk: sentences[verb.name](row) for row in rows}


def _rollbacks(rows: list[Deployment], situation: services.Situation) -> dict[Any, str]:
    targets = {row.pk: situation.facts(row).rollback_target for row in rows}
    releases = Release.objects.defer("variables").in_bulk(
        {target.release_id for target in targets.values() if target}
    )
    return {
        key: f"Back to v{target.version}: {releases[target.release_id]}"
        for key, target in targets.items()
        if target
    }
