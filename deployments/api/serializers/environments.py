"""An environment in JSON, with what is live there."""

from typing import ClassVar

from rest_framework import serializers

from deployments.models import Deployment
from oec.api.fields import StrictModelSerializer
from projects.models import Environment, Serving
from projects.settings import SETTINGS

#: The server is called ``vm_id`` here, and the switch stands at the end.
SAME_NAMES = [name for name in SETTINGS if name not in {"server", "is_enabled"}]


class LiveDeploymentSerializer(serializers.Serializer[Deployment]):
    id = serializers.UUIDField()
    version = serializers.IntegerField()
    git_commit = serializers.CharField(source="release.git_commit")
    completed_at = serializers.DateTimeField()


class EnvironmentSerializer(StrictModelSerializer):
    project_id = serializers.UUIDField(read_only=True)
    vm_id = serializers.UUIDField(
        source="server_id",
        required=False,
        allow_null=True,
        help_text="A server of the project's organization.",
    )
    auto_deploy = serializers.SerializerMethodField()
    live_deployment = LiveDeploymentSerializer(
        source="live",
        read_only=True,
        allow_null=True,
        help_text="The newest success; null when there is none.",
    )

    serving = serializers.ChoiceField(
        choices=Serving.choices,
        read_only=True,
        help_text="Who answered when somebody looked last: new is the live version, "
        "old any other.",
    )
    serving_since = serializers.DateTimeField(
        read_only=True, allow_null=True, help_text="When that was seen first."
    )

    class Meta:
        model = Environment
        fields: ClassVar = [
            "id",
            "project_id",
            "vm_id",
            *SAME_NAMES,
            "auto_deploy",
            "live_deployment",
            "serving",
            "serving_since",
            "is_enabled",
            "created_at",
            "updated_at",
        ]

    def get_auto_deploy(self, environment: Environment) -> bool:
        """Always false: nothing deploys by itself yet."""
        return False
