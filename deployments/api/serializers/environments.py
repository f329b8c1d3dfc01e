"""An environment in JSON, with what is live there."""

from collections.abc import Sequence
from typing import Any, ClassVar
from uuid import UUID

from django.db.models import Max
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers

from deployments.models import Deployment
from oec.api.fields import StrictModelSerializer
from projects.models import Environment
from projects.settings import SETTINGS

#: The server is called ``vm_id`` here, and the switch stands at the end.
SAME_NAMES = [name for name in SETTINGS if name not in {"server", "is_enabled"}]


def represent_environments(environments: Sequence[Environment]) -> list[dict[str, Any]]:
    context = {"live": _live(environments)}
    return list(EnvironmentSerializer(environments, many=True, context=context).data)


def _live(environments: Sequence[Environment]) -> dict[UUID, Deployment]:
    """Of each environment the newest success, which is what serves."""
    successes = Deployment.objects.successes().filter(environment__in=environments)
    newest = successes.values("environment").annotate(newest=Max("version"))
    return {
        live.environment_id: live
        for live in successes.filter(version__in=newest.values("newest"))
        .select_related("release")
        .only("environment_id", "version", "completed_at", "release__git_commit")
        .order_by("version")
    }


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
    live_deployment = serializers.SerializerMethodField(
        help_text="The newest success; null when there is none."
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
            "is_enabled",
            "created_at",
            "updated_at",
        ]

    def get_auto_deploy(self, environment: Environment) -> bool:
        """Always false: nothing deploys by itself yet."""
        return False

    @extend_schema_field(LiveDeploymentSerializer(allow_null=True))
    def get_live_deployment(self, environment: Environment) -> Any:
        live = self.context["live"].get(environment.pk)
        return LiveDeploymentSerializer(live).data if live else None
