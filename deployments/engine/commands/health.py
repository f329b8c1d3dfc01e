"""Asking a new release whether it is healthy."""

from dataclasses import dataclass

from deployments.engine.commands.scripts import assignments, body

#: What a check ends with where nothing is installed that could ask a URL.
NO_CLIENT = 5


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


def health_check(check: HealthCheck) -> str:
    """The command of a step that ends well once URL and command both do.

    Exit code 1: the time is over; ``NO_CLIENT``. A command that hangs does not end.
    """
    return assignments(check.values) + body("ask") + "\n" + body("health")
