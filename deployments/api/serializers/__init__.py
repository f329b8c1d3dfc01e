"""How deployments and environments look in JSON."""

from deployments.api.serializers.configuration import (
    ConfigurationSerializer,
    represent_configuration,
)
from deployments.api.serializers.deployments import DeploymentSerializer, represent
from deployments.api.serializers.environments import (
    EnvironmentSerializer,
)
from deployments.api.serializers.events import EventSerializer, EventsSerializer
from deployments.api.serializers.requests import (
    DeploySerializer,
    ForceFinishSerializer,
    ReasonSerializer,
    RollbackSerializer,
)
from deployments.api.serializers.servers import CatchUpSerializer, HostKeySerializer

__all__ = [
    "CatchUpSerializer",
    "ConfigurationSerializer",
    "DeploySerializer",
    "DeploymentSerializer",
    "EnvironmentSerializer",
    "EventSerializer",
    "EventsSerializer",
    "ForceFinishSerializer",
    "HostKeySerializer",
    "ReasonSerializer",
    "RollbackSerializer",
    "represent",
    "represent_configuration",
]
