"""How deployments and environments look in JSON."""

from deployments.serializers.configuration import (
    ConfigurationSerializer,
    represent_configuration,
)
from deployments.serializers.deployments import DeploymentSerializer, represent
from deployments.serializers.environments import (
    EnvironmentSerializer,
    represent_environments,
)
from deployments.serializers.events import EventSerializer, EventsSerializer
from deployments.serializers.requests import (
    DeploySerializer,
    ForceFinishSerializer,
    ReasonSerializer,
    RollbackSerializer,
)
from deployments.serializers.servers import HostKeySerializer

__all__ = [
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
    "represent_environments",
]
