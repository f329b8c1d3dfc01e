"""What an environment is configured with: now, or as a release has it frozen.

A release is never written again, so whatever version of OEC froze it, it is read here,
and only here: a setting that it lacks means what it meant then, and one that is unknown
to this version stays where it is.
"""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from deployments.models import Deployment, Release
from projects.models import Environment
from projects.secrets import fingerprint
from projects.settings import FROZEN, SCHEMA

#: Beside the settings in a frozen configuration: the schema that they follow.
NUMBER = "schema"
#: The schema of releases from before the number was written, or an earlier one.
UNNUMBERED = 2
#: Hex digits of a fingerprint: enough to tell the secrets of one environment apart.
FINGERPRINT_DIGITS = 12


class Value(NamedTuple):
    """A variable as a release stores it."""

    text: str
    is_secret: bool


class ShownSetting(NamedTuple):
    group: str
    name: str
    value: Any
    is_default: bool


class ShownVariable(NamedTuple):
    """Either a value or, of a secret, a fingerprint."""

    name: str
    value: str | None
    fingerprint: str | None

    @property
    def is_secret(self) -> bool:
        return self.value is None


@dataclass(frozen=True, slots=True)
class FrozenSettings:
    """The settings of a release: ``written`` as they were frozen, in any schema."""

    schema: int
    written: Mapping[str, Any]

    @classmethod
    def of(cls, release: Release) -> "FrozenSettings":
        written = dict(release.configuration)
        return cls(written.pop(NUMBER, UNNUMBERED), written)

    @property
    def values(self) -> dict[str, Any]:
        """Every setting of this version."""
        return {
            name: self.written.get(name, setting.unset)
            for name, setting in FROZEN.items()
        }


@dataclass(frozen=True, slots=True)
class Configuration:
    """The settings that count for its runtime, and the variables, by name."""

    settings: Mapping[str, Any]
    variables: Mapping[str, Value] = field(repr=False)
    key: str = field(repr=False)

    @classmethod
    def of(cls, environment: Environment) -> "Configuration":
        """As it is now: the project's variables, overridden by the environment's."""
        return cls(
            _counting(settings_of(environment)),
            {
                variable.name: Value(variable.value, variable.is_secret)
                for variable in environment.merged_variables()
            },
            environment.fingerprint_key,
        )

    @classmethod
    def frozen_in(cls, deployment: Deployment) -> "Configuration":
        """Raises ``DecryptFailed`` when the stored variables cannot be opened."""
        return cls(
            _counting(FrozenSettings.of(deployment.release).values),
            variables_of(deployment.release),
            deployment.environment.fingerprint_key,
        )

    @property
    def digest(self) -> str:
        """Equal for equal configurations of one environment.

        Only what is ``chosen`` counts, so that a new setting changes no digest. Keyed,
        so that a short secret cannot be found by trying: HMAC-SHA-256 in hex.
        """
        return fingerprint(canonical([self.chosen, self.variables]), key=self.key)

    @property
    def chosen(self) -> dict[str, Any]:
        """The settings that say something else than being without them."""
        return {
            name: value
            for name, value in self.settings.items()
            if value != FROZEN[name].unset
        }

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset(
            name for name, variable in self.variables.items() if variable.is_secret
        )

    def shown_settings(self) -> Iterator[ShownSetting]:
        for name, value in self.settings.items():
            setting = FROZEN[name]
            yield ShownSetting(
                setting.group.title, name, value, value == setting.default
            )

    def shown_variables(
        self, *, secrets: Collection[str] = ()
    ) -> Iterator[ShownVariable]:
        """By name. ``secrets`` names those that were plain and are not any more."""
        for name, variable in sorted(self.variables.items()):
            if variable.is_secret or name in secrets:
                yield ShownVariable(name, None, self.fingerprint(name))
            else:
                yield ShownVariable(name, variable.text, None)

    def fingerprint(self, name: str) -> str:
        """Equal for equal values in one environment; says nothing else of the value."""
        # Begins unlike the text of a digest, which the same key makes.
        text = f"value:{self.variables[name].text}"
        return fingerprint(text, key=self.key)[:FINGERPRINT_DIGITS]


def settings_of(environment: Environment) -> dict[str, Any]:
    return {name: getattr(environment, name) for name in FROZEN}


def frozen_today(environment: Environment) -> dict[str, Any]:
    """The settings as a release of this moment holds them."""
    return {NUMBER: SCHEMA, **settings_of(environment)}


def variables_of(release: Release) -> dict[str, Value]:
    """Raises ``DecryptFailed`` when they cannot be opened."""
    stored = json.loads(release.variables)
    return {name: Value(*value) for name, value in stored.items()}


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _counting(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Without those of the other runtime: changing them changes nothing."""
    return {
        name: settings[name]
        for name, setting in FROZEN.items()
        if setting.runtime in ("", settings["runtime"])
    }
