"""What one verb would do to each of many deployments, shown before it is confirmed."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from deployments.models import Deployment
from deployments.services import Action, Change, Comparisons, Situation, Verb, advice
from deployments.services.verbs import OF_DEPLOYMENTS
from projects.models import User
from projects.secrets import DecryptFailed

#: What the diagnosis may advise, in words.
ADVICE = {name: verb.label for name, verb in OF_DEPLOYMENTS.items()} | {
    "fix_configuration": "Fix the configuration, then redeploy",
}


@dataclass(frozen=True, slots=True)
class Difference:
    """What takes the place of what is live.

    ``changes`` are those of the configuration, None when nothing is live; they cannot
    be shown when the stored variables are ``unreadable``.
    """

    live: Deployment | None
    commit: str
    changes: list[Change] | None = None
    unreadable: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """What will happen to one row; a cancel puts nothing in place of anything."""

    sentence: str
    warnings: list[str]
    difference: Difference | None


@dataclass(frozen=True, slots=True)
class Prospect:
    """One row of the confirmation; without an outcome it will be refused."""

    deployment: Deployment
    advice: str
    refusal: str
    outcome: Outcome | None


def foresee(
    verb: Verb, deployments: Iterable[Deployment], user: User
) -> list[Prospect]:
    """What the verb would do to each now, in a constant number of queries.

    ``deployments`` come ``with_configurations()``.
    """
    rows = list(deployments)
    situation = Situation.of(rows, user)
    actions = {row.pk: situation.action_of_many(verb, row) for row in rows}
    refusals = _refusals(verb, rows, actions)
    outcomes = _outcomes(verb, [row for row in rows if not refusals[row.pk]], situation)
    return [
        Prospect(
            deployment=row,
            advice=ADVICE.get(advice.recommended_verb(row) or "", ""),
            refusal=refusals[row.pk],
            outcome=outcomes.get(row.pk),
        )
        for row in rows
    ]


def _refusals(
    verb: Verb, rows: list[Deployment], actions: dict[Any, Action]
) -> dict[Any, str]:
    """Why not, by row; empty where nothing stands against it."""
    refusals, taken = {}, set()
    for row in rows:
        refusals[row.pk] = actions[row.pk].detail
        if actions[row.pk].allowed and verb.starts:
            if row.project_id in taken:
                refusals[row.pk] = (
                    "Another deployment of this project comes first in this selection."
                )
            taken.add(row.project_id)
    return refusals


def _outcomes(
    verb: Verb, rows: list[Deployment], situation: Situation
) -> dict[Any, Outcome]:
    """Of rows that will not be refused."""
    bases = _bases(verb, rows, situation)
    places = {row.environment_id for row in rows} if verb.starts else set()
    comparisons = Comparisons.around_each(places)
    outcomes = {}
    for row in rows:
        base, compared = bases.get(row.pk), comparisons.get(row.environment_id)
        warnings = situation.actions(row)[verb.name].warnings
        outcomes[row.pk] = Outcome(
            sentence=_sentence(verb, row, base),
            warnings=[warning["detail"] for warning in warnings],
            difference=_difference(compared, row, base) if compared else None,
        )
    return outcomes


def _bases(
    verb: Verb, rows: list[Deployment], situation: Situation
) -> dict[Any, Deployment]:
    """Whose release each would get; a redeploy makes a new one, a cancel none."""
    if verb.name == "retry":
        return {row.pk: row for row in rows}
    if verb.name != "rollback":
        return {}
    targets = {row.pk: situation.facts(row).rollback.preselected for row in rows}
    bases = Deployment.objects.with_configurations().in_bulk(set(targets.values()))
    return {row.pk: bases[targets[row.pk]] for row in rows}


def _sentence(verb: Verb, row: Deployment, base: Deployment | None) -> str:
    if verb.name == "cancel":
        return "Ends, without becoming live"
    if base is None:
        return f"The head of {row.release.git_branch} with today's configuration"
    if base is row:
        return f"The same release again: {row.release}"
    return f"Back to v{base.version}: {base.release}"


def _difference(
    comparisons: Comparisons, row: Deployment, base: Deployment | None
) -> Difference:
    commit = base.release.short_commit if base else f"head of {row.release.git_branch}"
    try:
        changes = comparisons.against_live(base) if base else comparisons.since_live()
    except DecryptFailed as refusal:
        return Difference(comparisons.live, commit, unreadable=refusal.detail)
    return Difference(comparisons.live, commit, changes)
