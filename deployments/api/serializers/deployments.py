"""A deployment in JSON: its row, its progress, and what the caller can do with it."""

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any, ClassVar
from uuid import UUID

from drf_spectacular.utils import extend_schema_field, inline_serializer
from rest_framework import serializers

from deployments import progress
from deployments.models import Deployment, Event, Status
from deployments.models.events import Kind
from deployments.services import Situation
from deployments.services.verbs import OF_DEPLOYMENTS
from deployments.waiting import Queue, queue_now, waiting
from projects.models import Serving, User


def represent(deployments: Sequence[Deployment], user: User) -> list[dict[str, Any]]:
    """For this caller, now; a constant number of queries. Rows come with details."""
    is_pending = any(deployment.status == Status.PENDING for deployment in deployments)
    context = {
        "situation": Situation.of(deployments, user),
        "step_changes": _step_changes(deployments),
        "queue": queue_now() if is_pending else None,
    }
    return list(DeploymentSerializer(deployments, many=True, context=context).data)


def _step_changes(deployments: Sequence[Deployment]) -> dict[UUID, list[Event]]:
    """Nothing has been done yet for those that wait, so they are not asked about."""
    changes: dict[UUID, list[Event]] = {row.pk: [] for row in deployments}
    begun = [row.pk for row in deployments if row.status != Status.PENDING]
    if not begun:
        return changes
    for change in (
        Event.objects.filter(deployment__in=begun, kind=Kind.STEP)
        .defer("text")
        .order_by("deployment_id", "seq")
    ):
        changes[change.deployment_id].append(change)
    return changes


class StepSerializer(serializers.Serializer[progress.StepProgress]):
    name = serializers.CharField()
    title = serializers.CharField()
    state = serializers.CharField(
        help_text="waiting, running, success, failed, cancelled or skipped."
    )
    started_at = serializers.DateTimeField(allow_null=True)
    duration_seconds = serializers.FloatField(
        allow_null=True, help_text="null while it has not run to an end."
    )


class ProgressSerializer(serializers.Serializer[progress.Progress]):
    percent = serializers.IntegerField(help_text="Finished steps of all steps.")
    step = serializers.CharField(help_text="The one that runs or ran last.")
    steps = StepSerializer(many=True)


class RemarkSerializer(serializers.Serializer[Any]):
    code = serializers.CharField()
    detail = serializers.CharField()


class ActionSerializer(serializers.Serializer[Any]):
    allowed = serializers.BooleanField()
    code = serializers.CharField(help_text="Why not; empty when allowed.")
    detail = serializers.CharField()
    recommended = serializers.BooleanField()
    warnings = RemarkSerializer(many=True, help_text="To be said before confirming.")


#: One for each verb that deployments are asked for.
ACTIONS = inline_serializer(
    "Actions", {name: ActionSerializer() for name in OF_DEPLOYMENTS}
)


class WaitingSerializer(serializers.Serializer[Any]):
    since = serializers.DateTimeField()
    seconds = serializers.FloatField()
    reasons = RemarkSerializer(many=True)


class ExtraDataSerializer(serializers.Serializer[Any]):
    retry_of = serializers.UUIDField(source="retry_of_id", allow_null=True)


class NullableText(serializers.CharField):
    """Text that is empty in the database and null in JSON as long as there is none."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"read_only": True, "allow_null": True, **kwargs})

    def to_representation(self, value: Any) -> Any:
        return value or None


class DeploymentSerializer(serializers.ModelSerializer[Deployment]):
    """Output only. ``represent`` makes it, with what it needs as context."""

    project_id = serializers.UUIDField()
    environment_id = serializers.UUIDField()
    vm_id = serializers.UUIDField(source="server_id", help_text="The server.")
    triggered_by = serializers.UUIDField(source="triggered_by_id")
    git_branch = serializers.CharField(source="release.git_branch")
    git_commit = NullableText(
        source="release.git_commit", help_text="null until the branch was resolved."
    )
    git_message = NullableText(source="release.git_message")
    config_digest = serializers.CharField(source="release.config_digest")
    waited_seconds = serializers.FloatField(
        allow_null=True, help_text="From created_at to started_at."
    )
    duration_seconds = serializers.FloatField(
        allow_null=True, help_text="From started_at to completed_at."
    )
    error_code = NullableText()
    error_message = NullableText()
    remote_outcome = NullableText(
        help_text="Of the commands that it started on the server: finished by "
        "themselves, ended (and seen to have ended), or unknown, when some of them may "
        "still run. null when there were none."
    )
    still_running = NullableText(
        help_text="Who could not be ended there, such as `pid 7 of user bob`."
    )
    serving = serializers.ChoiceField(
        choices=Serving.choices,
        help_text="Who was seen to answer when it ended: the new version, the old one "
        "(which was put back), none, or unknown, also where nobody looked.",
    )
    serving_since = serializers.DateTimeField(
        allow_null=True, help_text="When somebody looked; null if nobody did."
    )
    rollback_from_id = serializers.UUIDField(allow_null=True)
    retry_of = serializers.UUIDField(source="retry_of_id", allow_null=True)
    root = serializers.UUIDField(  # type: ignore[assignment]
        source="root_id", help_text="The first attempt; the deployment itself if none."
    )
    extra_data = ExtraDataSerializer(source="*")
    progress = serializers.SerializerMethodField()
    actions = serializers.SerializerMethodField(
        help_text="What the caller may do with it, now."
    )
    waiting = serializers.SerializerMethodField(
        help_text="Why it has not started; null unless it is pending."
    )

    class Meta:
        model = Deployment
        fields: ClassVar = [
            "id",
            "project_id",
            "environment_id",
            "vm_id",
            "version",
            "status",
            "trigger",
            "triggered_by",
            "reason",
            "git_branch",
            "git_commit",
            "git_message",
            "config_digest",
            "created_at",
            "started_at",
            "completed_at",
            "waited_seconds",
            "duration_seconds",
            "error_code",
            "error_message",
            "remote_outcome",
            "still_running",
            "serving",
            "serving_since",
            "container_id",
            "rollback_from_id",
            "retry_of",
            "root",
            "attempt",
            "extra_data",
            "progress",
            "actions",
            "waiting",
            "cancel_requested_at",
            "log_pruned_at",
            "events_pruned_at",
        ]
        read_only_fields = fields

    @extend_schema_field(ProgressSerializer)
    def get_progress(self, deployment: Deployment) -> Any:
        changes = self.context["step_changes"][deployment.pk]
        return ProgressSerializer(progress.from_events(deployment, changes)).data

    @extend_schema_field(ACTIONS)
    def get_actions(self, deployment: Deployment) -> Any:
        situation: Situation = self.context["situation"]
        return {
            verb: asdict(action)
            for verb, action in situation.actions(deployment).items()
        }

    @extend_schema_field(WaitingSerializer(allow_null=True))
    def get_waiting(self, deployment: Deployment) -> Any:
        queue: Queue | None = self.context["queue"]
        why = waiting(deployment, queue) if queue else None
        return WaitingSerializer(why).data if why else None
