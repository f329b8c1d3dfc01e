"""Where two configurations differ, without giving a secret away."""

import difflib
from collections.abc import Collection, Iterator
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from deployments.configuration import Configuration, FrozenSettings, Value
from deployments.models import Deployment
from projects.models import Environment
from projects.settings import FROZEN

#: Longer texts are not compared line by line: that can take long.
MAX_COMPARED_LINES = 300


@dataclass(frozen=True, slots=True)
class Change:
    """One setting or variable that differs.

    ``before`` and ``after`` are plain values, None where there is none; fingerprints
    if it ``is_secret`` on either side or has become one since. ``turned`` is "secret"
    or "plain" when that has changed, too.
    """

    name: str
    kind: str
    before: Any
    after: Any
    is_secret: bool = False
    turned: str = ""

    @property
    def change(self) -> str:
        if self.before is None:
            return "added"
        return "removed" if self.after is None else "changed"


@dataclass(frozen=True, slots=True)
class Comparisons:
    """What an environment has now and what is live there, to compare releases with."""

    now: Configuration
    live: Deployment | None

    @classmethod
    def around(cls, environment: Environment) -> "Comparisons":
        live = _configured({environment.live_id}).get(environment.live_id)
        return cls(Configuration.of(environment), live)

    @classmethod
    def around_each(cls, environments: Collection[UUID]) -> "dict[UUID, Comparisons]":
        """The same for many environments, in a constant number of queries."""
        rows = Environment.objects.with_variables().filter(pk__in=environments)
        live = _configured({row.live_id for row in rows})
        return {
            row.pk: cls(Configuration.of(row), live.get(row.live_id)) for row in rows
        }

    def since(self, deployment: Deployment) -> list[Change]:
        """From what the deployment has to what a new release would have."""
        frozen = Configuration.frozen_in(deployment)
        return changes(frozen, self.now, secrets=self.now.secrets)

    def since_live(self) -> list[Change] | None:
        """From what is live to what a new release would have; None: nothing is."""
        return self.since(self.live) if self.live else None

    def against_live(self, deployment: Deployment) -> list[Change] | None:
        """From what is live to what the deployment has; None when nothing is live."""
        if self.live is None:
            return None
        if self.live.release_id == deployment.release_id:
            return []
        live, own = map(Configuration.frozen_in, (self.live, deployment))
        differences = changes(live, own, secrets=self.now.secrets)
        return [*_moved_tag(self.live, deployment), *differences]


def changes(
    before: Configuration, after: Configuration, *, secrets: Collection[str] = ()
) -> list[Change]:
    """Settings in their order, then variables by name.

    ``secrets`` names variables that must not be shown although they were plain then.
    """
    return [*_settings(before, after), *_variables(before, after, secrets)]


def changed_lines(before: str, after: str) -> Iterator[tuple[str, str]]:
    """Line by line, with "-", "+" or " "; "…" stands for equal lines left out.

    Texts of more than MAX_COMPARED_LINES stand one after the other.
    """
    old, new = before.split("\n"), after.split("\n")
    if max(len(old), len(new)) > MAX_COMPARED_LINES:
        yield from (("-", line) for line in old)
        yield from (("+", line) for line in new)
        return
    compared = difflib.unified_diff(old, new, n=2, lineterm="")
    for number, line in enumerate(compared):
        if line.startswith("@@"):
            if number > 2:  # past the names of both sides and the first place
                yield "…", ""
        elif number > 2:
            yield line[0], line[1:]


def _configured(keys: set[UUID | None]) -> dict[UUID | None, Deployment]:
    """These deployments with what each is configured with."""
    present = [key for key in keys if key]
    rows = Deployment.objects.with_configurations().filter(pk__in=present)
    return {row.pk: row for row in rows}


def _moved_tag(live: Deployment, own: Deployment) -> Iterator[Change]:
    """Both name one image, which was another when each of them pulled it."""
    before, after = live.release.pulled_image, own.release.pulled_image
    name = "docker_image"
    named = {FrozenSettings.of(of.release).values[name] for of in (live, own)}
    if before and after and before != after and len(named) == 1:
        yield Change(name, "setting", before, after)


def _settings(before: Configuration, after: Configuration) -> Iterator[Change]:
    then, now = before.chosen, after.chosen
    for name in FROZEN:
        if then.get(name) != now.get(name):
            old, new = before.settings.get(name), after.settings.get(name)
            yield Change(name, "setting", old, new)


def _variables(
    before: Configuration, after: Configuration, secrets: Collection[str]
) -> Iterator[Change]:
    for name in sorted({*before.variables, *after.variables}):
        then, now = before.variables.get(name), after.variables.get(name)
        if then == now:
            continue
        is_secret = name in secrets or name in before.secrets or name in after.secrets
        yield Change(
            name,
            "variable",
            _comparable(before, name, is_secret),
            _comparable(after, name, is_secret),
            is_secret,
            _turned(then, now),
        )


def _comparable(configuration: Configuration, name: str, is_secret: bool) -> str | None:
    if name not in configuration.variables:
        return None
    if is_secret:
        return configuration.fingerprint(name)
    return configuration.variables[name].text


def _turned(then: Value | None, now: Value | None) -> str:
    if then is None or now is None or then.is_secret == now.is_secret:
        return ""
    return "secret" if now.is_secret else "plain"
