"""What is looked at on a server, and what was found."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from deployments.engine.ssh import Target

#: Every kind of finding with its title, in the order in which they are made. The keys
#: are those that a diagnosis names as its ``probe``.
TITLES = {
    "name_resolution": "Name resolution",
    "connection": "Connection",
    "host_key": "Host key",
    "authentication": "Authentication",
    "tools": "Tools",
    "clock": "Clock",
    "write_permission": "Write permission",
    "disk": "Disk",
    "memory": "Memory",
    "docker": "Docker",
    "registry": "Image registry",
}
NAMES = frozenset(TITLES)


class State(StrEnum):
    """``skipped``: it could not be looked at, or nobody needs it."""

    OK = "ok"
    WARNING = "warning"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Probe:
    """One thing to look at; ``about`` names the path or registry where it has one."""

    name: str
    about: str = ""

    @property
    def title(self) -> str:
        return TITLES[self.name]

    @property
    def facts(self) -> dict[str, Any]:
        if not self.about:
            return {}
        return {"registry" if self.name == "registry" else "path": self.about}


@dataclass(frozen=True, slots=True)
class Finding:
    """``sentence`` says what was found and what to do; ``facts`` are JSON."""

    name: str
    state: State
    sentence: str
    facts: Mapping[str, Any] = field(default_factory=dict)

    @property
    def title(self) -> str:
        return TITLES.get(self.name, self.name)

    @property
    def icon(self) -> str:
        """The icon of its state, which says the same as that of a step."""
        return "success" if self.state == State.OK else self.state.value


@dataclass(frozen=True, slots=True)
class Subject:
    """A server and what is expected of it.

    ``paths`` are deploy paths, ``registries`` hosts of image registries.
    """

    target: Target
    paths: tuple[str, ...] = ()
    registries: tuple[str, ...] = ()
    needs_docker: bool = False

    def probes(self) -> list[Probe]:
        """Everything to look at, in order; one without a path or registry is idle."""
        reach = ("name_resolution", "connection", "host_key", "authentication")
        places = [
            Probe(name, path)
            for path in self.paths or ("",)
            for name in ("write_permission", "disk")
        ]
        return [
            *map(Probe, (*reach, "tools", "clock")),
            *places,
            *map(Probe, ("memory", "docker")),
            *(Probe("registry", host) for host in self.registries or ("",)),
        ]
