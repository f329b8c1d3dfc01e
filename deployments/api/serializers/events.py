"""The history of a deployment, as JSON."""

from typing import Any, ClassVar

from rest_framework import serializers

from deployments.models import Event, Status


class EventSerializer(serializers.ModelSerializer[Event]):
    deployment_id = serializers.UUIDField(read_only=True)

    class Meta:
        model = Event
        fields: ClassVar = [
            "deployment_id",
            "seq",
            "kind",
            "step",
            "state",
            "text",
            "created_at",
        ]


class EventsSerializer(serializers.Serializer[Any]):
    """Only describes the answer of the history endpoint."""

    items = EventSerializer(many=True)
    next = serializers.URLField(
        allow_null=True, help_text="Ask here for more; null when nothing will come."
    )
    previous = serializers.URLField(allow_null=True, help_text="Always null.")
    status = serializers.ChoiceField(choices=Status.choices)
    log_pruned_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when output and notes are gone."
    )
    events_pruned_at = serializers.DateTimeField(
        allow_null=True, help_text="Since when all events are gone."
    )
