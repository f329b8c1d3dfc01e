"""One deployment from its row to its end."""

from deployments.runner.run import run

__all__ = ["run"]
