"""What the verbs accept. Everything else in a body is refused."""

from rest_framework import serializers

from deployments.models.deployments import MAX_REASON
from oec.api.fields import StrictSerializer, Text


class ReasonSerializer(StrictSerializer):
    reason = Text(
        required=False,
        default="",
        allow_blank=True,
        max_length=MAX_REASON,
        help_text="What was fixed, or why; for people.",
    )


class ForceFinishSerializer(StrictSerializer):
    reason = Text(
        max_length=MAX_REASON, help_text="Why, for the audit trail; not empty."
    )


class DeploySerializer(ReasonSerializer):
    git_commit = Text(
        required=False,
        default="",
        error_messages={"blank": "Leave it out to deploy the head of the branch."},
        help_text="40 hex digits; left out, the head of the branch.",
    )


class RollbackSerializer(ReasonSerializer):
    to = serializers.UUIDField(
        required=False,
        allow_null=True,
        default=None,
        help_text="The success to go back to; otherwise the newest one of another "
        "release than the live one that was not rolled back from.",
    )
