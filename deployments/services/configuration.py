"""What an environment is configured with: now, or as a deployment has it frozen."""

import json
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from deployments.models import Deployment
from projects.models import Environment, Runtime
from projects.models.runtimes import SETTINGS
from projects.secrets import fingerprint

#: Settings as people read them: a title, the runtime they are only for, their names.
GROUPS = (
    ("Where it runs", "", ("runtime", "deploy_path")),
    ("Commands", "", ("build_command", "release_command", "after_command")),
    ("On the server itself", Runtime.SHELL, SETTINGS[Runtime.SHELL]),
    ("The container", Runtime.DOCKER, SETTINGS[Runtime.DOCKER]),
    (
        "Health check",
        "",
        ("health_check_url", "health_check_command", "health_check_timeout_seconds"),
    ),
    (
        "Limits",
        "",
        (
            "step_timeout_seconds",
            "silence_timeout_seconds",
            "total_timeout_seconds",
            "keep_releases",
        ),
    ),
)
#: All that a release holds beside the variables.
FROZEN = tuple(name for _, _, names in GROUPS for name in names)
#: Hex digits of a fingerprint: enough to tell the secrets of one environment apart.
FINGERPRINT_DIGITS = 12


class Value(NamedTuple):
    """A variable as a release stores it."""

    text: str
    is_secret: bool


class Setting(NamedTuple):
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
            if value != _default(name)
        }

    @property
    def secrets(self) -> frozenset[str]:
        return frozenset(name for name, one in self.variables.items() if one.is_secret)

    def shown_settings(self) -> Iterator[Setting]:
        for title, _, names in GROUPS:
            for name in names:
                if name in self.settings:
                    value = self.settings[name]
                    yield Setting(title, name, value, value == _default(name))

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
    runtime = settings.get("runtime", _default("runtime"))
    return {
        name: settings.get(name, _default(name))
        for _, only_for, names in GROUPS
        if only_for in ("", runtime)
        for name in names
    }


def _default(name: str) -> Any:
    return Environment._meta.get_field(name).get_default()  # type: ignore[union-attr]
