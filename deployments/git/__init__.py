"""Git on the console: a bare mirror per project, its origin, packs for servers."""

from deployments.git.limits import Limits
from deployments.git.mirror import Mirror
from deployments.git.origin import Origin

__all__ = ["Limits", "Mirror", "Origin"]
