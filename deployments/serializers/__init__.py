"""How deployments and environments look in JSON."""

from deployments.serializers.deployments import DeploymentSerializer, represent
from deployments.serializers.environments import (
    EnvironmentSerializer,
    represent_environments,
)
from deployments.serializers.events import EventSerializer, EventsSerializer
from deployments.serializers.requests import (
    DeploySerializer,
    ReasonSerializer,
    RollbackSerializer,
)

__all__ = [
    "DeploySerializer",
    "DeploymentSerializer",
    "EnvironmentSerializer",
    "EventSerializer",
    "EventsSerializer",
    "ReasonSerializer",
    "RollbackSerializer",
    "represent",
    "represent_environments",
]
