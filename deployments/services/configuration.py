"""What an environment is configured with: now, or as a deployment has it frozen."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from deployments.models import Deployment
from projects.models import Environment
from projects.secrets import fingerprint
from projects.settings import FROZEN

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
class Configuration:
    """The settings that count for its runtime, and the variables, by name.

    A setting that did not exist when it was frozen has its default.
    """

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
        stored = json.loads(deployment.release.variables)
        return cls(
            _counting(deployment.release.configuration),
            {name: Value(*value) for name, value in stored.items()},
            deployment.environment.fingerprint_key,
        )

    @property
    def digest(self) -> str:
        """Equal for equal configurations of one environment.

        Settings at their default do not count, so that a new one changes no digest.
        Keyed, so that a short secret cannot be found by trying: HMAC-SHA-256 in hex.
        """
        return fingerprint(canonical([self.chosen, self.variables]), key=self.key)

    @property
    def chosen(self) -> dict[str, Any]:
        """The settings that are not at their default."""
        return {
            name: value
            for name, value in self.settings.items()
            if value != FROZEN[name].unset
        }

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset(name for name, one in self.variables.items() if one.is_secret)

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


def canonical(value: Any) -> str:
    return json.dumps(value, sort_keys=True, separators=(",", ":"))


def _counting(settings: Mapping[str, Any]) -> dict[str, Any]:
    """Without those of the other runtime: changing them changes nothing."""
    runtime = settings.get("runtime", FROZEN["runtime"].unset)
    return {
        name: settings.get(name, setting.unset)
        for name, setting in FROZEN.items()
        if setting.runtime in ("", runtime)
    }
