"""Asking a new release whether it is healthy."""

from dataclasses import dataclass

from deployments.engine.commands.scripts import assignments, body

#: What a check ends with where nothing is installed that could ask a URL.
NO_CLIENT = 5
#: And where the time was over before anything had answered at all.
NO_ANSWER = 6
#: And where the container has ended.
ENDED = 3


@dataclass(frozen=True, slots=True)
class HealthCheck:
    """What is asked, and for how long; ``host`` is sent in place of the URL's own."""

    url: str
    command: str
    seconds: int
    host: str = ""
    insecure: bool = False

    @property
    def values(self) -> dict[str, str]:
        return {
            "oec_url": self.url,
            "oec_command": self.command,
            "oec_seconds": str(self.seconds),
            "oec_host": self.host,
            "oec_insecure": "yes" if self.insecure else "",
        }


def health_check(check: HealthCheck) -> str:
    """The command of a step that ends well once URL and command both do.

    Exit code 1: the time is over; ``NO_ANSWER``; ``NO_CLIENT``. A command that hangs
    does not end.
    """
    return assignments(check.values) + body("ask") + "\n" + body("health")
