"""Git on the console: a bare mirror per project, its origin, packs for servers."""

from deployments.git.mirror import Mirror
from deployments.git.origin import Origin

__all__ = ["Mirror", "Origin"]
