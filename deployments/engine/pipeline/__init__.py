"""How a deployment runs: nine named steps, one connection, and the way back.

``execute(run)`` is the whole of it. Nothing here knows a database row: what happens is
reported through the callbacks of ``Run``.
"""

from deployments.engine.pipeline.model import Plan, Registry, Run, Settings, Step
from deployments.engine.pipeline.steps import STEPS, execute

__all__ = ["STEPS", "Plan", "Registry", "Run", "Settings", "Step", "execute"]
