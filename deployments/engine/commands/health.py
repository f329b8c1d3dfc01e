"""Asking a new release whether it is healthy."""

from dataclasses import dataclass

from deployments.engine.commands.layout import Layout
from deployments.engine.commands.scripts import assignments, body

#: What a check ends with where nothing is installed that could ask a URL.
NO_CLIENT = 5
#: And where the time was over before anything had answered at all.
NO_ANSWER = 6
#: And where the container has ended.
ENDED = 3
#: And where waiting for the application has become useless.
HAS_ENDED = 7


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """What is asked, and for how long; ``host`` is sent in place of the URL's own.

    A port that still refuses after ``grace_seconds`` ends it sooner; 0 for never.
    """

    url: str
    command: str
    seconds: int
    host: str = ""
    insecure: bool = False
    grace_seconds: int = 0

    @property
    def values(self) -> dict[str, str]:
        return {
            "oec_url": self.url,
            "oec_command": self.command,
            "oec_seconds": str(self.seconds),
            "oec_host": self.host,
            "oec_insecure": "yes" if self.insecure else "",
            "oec_grace": str(self.grace_seconds),
        }


@dataclass(frozen=True, slots=True)
class Started:
    """How the application was started: the deployment, and the unit if there is one."""

    layout: Layout
    unit: str
    scope: str

    @property
    def values(self) -> dict[str, str]:
        return {
            "oec_path": self.layout.deploy_path,
            "oec_steps": self.layout.step("").rstrip("/"),
            "oec_deployment": self.layout.deployment_id,
            "oec_unit": self.unit,
            "oec_scope": self.scope,
        }


def health_check(check: HealthCheck, started: Started | None = None) -> str:
    """The command of a step that ends well once URL and command both do.

    Exit code 1: the time is over; ``NO_ANSWER``; ``NO_CLIENT``; ``HAS_ENDED``: what was
    ``started`` is proven to have ended. A command that hangs does not end.
    """
    values = check.values | (started.values if started else {"oec_steps": ""})
    return assignments(values) + "\n".join(map(body, ("ask", "ended", "health")))
