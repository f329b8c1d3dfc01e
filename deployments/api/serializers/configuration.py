"""A frozen configuration in JSON, and how it differs from others."""

from typing import Any

from rest_framework import serializers

from deployments.models import Deployment
from deployments.services import Change, Comparisons, Configuration


def represent_configuration(deployment: Deployment) -> dict[str, Any]:
    """Raises ``DecryptFailed`` when the stored variables cannot be opened."""
    frozen = Configuration.frozen_in(deployment)
    comparisons = Comparisons.around(deployment.environment)
    whole = {
        "config_digest": deployment.release.config_digest,
        "pulled_image": deployment.release.pulled_image or None,
        "settings": frozen.shown_settings(),
        "variables": frozen.shown_variables(secrets=comparisons.now.secrets),
        "changed_since": comparisons.since(deployment),
        "live_deployment_id": comparisons.live and comparisons.live.pk,
        "against_live": comparisons.against_live(deployment),
    }
    return dict(ConfigurationSerializer(whole).data)


class SettingSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    group = serializers.CharField(help_text="As on the environment's settings page.")
    value = serializers.JSONField(help_text="Text, a number or null.")
    is_default = serializers.BooleanField()


class ShownVariableSerializer(serializers.Serializer[Any]):
    name = serializers.CharField()
    is_secret = serializers.BooleanField()
    value = serializers.CharField(allow_null=True, help_text="null for a secret.")
    fingerprint = serializers.CharField(
        allow_null=True, help_text="Of a secret; null for a plain variable."
    )


class ChangeSerializer(serializers.Serializer[Change]):
    name = serializers.CharField()
    kind = serializers.CharField(help_text="setting or variable.")
    change = serializers.CharField(help_text="added, removed or changed.")
    before = serializers.JSONField(
        help_text="null where there is none; a fingerprint if `is_secret`."
    )
    after = serializers.JSONField(help_text="Likewise.")
    is_secret = serializers.BooleanField(
        help_text="Secret on either side, or in the environment now."
    )
    turned = serializers.CharField(
        help_text="secret or plain, if that has changed; otherwise empty."
    )


class ConfigurationSerializer(serializers.Serializer[Any]):
    """Output only. ``represent_configuration`` makes it."""

    config_digest = serializers.CharField()
    pulled_image = serializers.CharField(
        allow_null=True,
        help_text="By its digest, what the named image was when it was first pulled: "
        "retries and rollbacks use it. null before that, and for an image that the "
        "commit builds.",
    )
    settings = SettingSerializer(many=True, help_text="Those of its runtime.")
    variables = ShownVariableSerializer(many=True)
    changed_since = ChangeSerializer(
        many=True, help_text="From this deployment to the environment as it is now."
    )
    live_deployment_id = serializers.UUIDField(
        allow_null=True, help_text="The newest success of the environment."
    )
    against_live = ChangeSerializer(
        many=True,
        allow_null=True,
        help_text="From what is live to this deployment; null if nothing is live.",
    )
