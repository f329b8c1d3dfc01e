"""Git on the console: a bare mirror per project, its origin, packs for servers."""

from deployments.engine.git.contents import Contents
from deployments.engine.git.limits import Limits
from deployments.engine.git.mirror import Mirror
from deployments.engine.git.origin import Origin

__all__ = ["Contents", "Limits", "Mirror", "Origin"]
