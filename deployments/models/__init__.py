"""The rows that say what was put where, when, and how it went."""

from deployments.models.beats import Beat
from deployments.models.deployments import Deployment
from deployments.models.events import Event
from deployments.models.idempotency import IdempotencyKey
from deployments.models.releases import Release
from deployments.models.states import (
    ACTIVE,
    TERMINAL,
    RemoteOutcome,
    Status,
    Trigger,
)

__all__ = [
    "ACTIVE",
    "TERMINAL",
    "Beat",
    "Deployment",
    "Event",
    "IdempotencyKey",
    "Release",
    "RemoteOutcome",
    "Status",
    "Trigger",
]
