"""Looking at a server without deploying to it: what works, and what to do otherwise.

Knows no rows: from an address, its keys and what its environments need to findings.
"""

from deployments.engine.inspection.fences import newest_version
from deployments.engine.inspection.inspector import SECONDS, inspect
from deployments.engine.inspection.model import NAMES, Finding, State, Subject

__all__ = [
    "NAMES",
    "SECONDS",
    "Finding",
    "State",
    "Subject",
    "inspect",
    "newest_version",
]
