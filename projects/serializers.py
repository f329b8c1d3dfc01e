"""How people, projects and servers look in JSON.

The services validate what goes in; fields that are not listed cannot be set.
"""

from typing import Any, ClassVar

from rest_framework import serializers

from oec.api.fields import StrictModelSerializer, StrictSerializer, Text
from projects.models import (
    AbstractVariable,
    AuditEntry,
    Organization,
    Project,
    Server,
    Variable,
)


class CredentialsSerializer(StrictSerializer):
    username = Text(max_length=150)
    password = Text(max_length=1024, style={"input_type": "password"})


class RefreshSerializer(StrictSerializer):
    refresh = Text(max_length=8192, help_text="As it was got; used up by this.")


class TokensSerializer(serializers.Serializer[Any]):
    access = serializers.CharField(help_text="Good for five minutes.")
    refresh = serializers.CharField(help_text="Exchange it once for a new pair.")


class Removal(serializers.BooleanField):
    """An explicit act: an empty value never removes a secret."""

    def __init__(self) -> None:
        super().__init__(
            write_only=True, required=False, help_text="true forgets what is stored."
        )


class WithRemovals(StrictModelSerializer):
    """``remove_x`` next to each secret ``x``, as the boxes on the pages."""

    def validate(self, attrs: dict[str, Any]) -> dict[str, Any]:
        for name, field in self.fields.items():
            if isinstance(field, Removal) and attrs.pop(name, False):
                secret = name.removeprefix("remove_")
                if attrs.get(secret):
                    sentence = "Enter a new value or remove the stored one."
                    raise serializers.ValidationError({secret: [sentence]})
                attrs[secret] = None if self.instance else ""
        return attrs


class OrganizationSerializer(StrictModelSerializer):
    class Meta:
        model = Organization
        fields: ClassVar = ["id", "name", "created_at"]


class ProjectSerializer(WithRemovals):
    organization_id = serializers.UUIDField(read_only=True)
    git_token = Text(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=4096,
        help_text="Read live at each deployment and never shown.",
    )
    remove_git_token = Removal()
    git_public_key = serializers.CharField(
        read_only=True,
        help_text="The public half of the deploy key, to be allowed at the Git host.",
    )
    git_host_key = Text(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=4096,
        help_text="The Git host's public key as one line: giving it accepts it.",
    )
    git_host_key_fingerprint = serializers.CharField(read_only=True)
    registry_password = Text(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=4096,
        help_text="Read live at each deployment and never shown.",
    )
    remove_registry_password = Removal()

    class Meta:
        model = Project
        fields: ClassVar = [
            "id",
            "organization_id",
            "name",
            "git_url",
            "git_token",
            "remove_git_token",
            "git_public_key",
            "git_host_key",
            "git_host_key_fingerprint",
            "registry_host",
            "registry_username",
            "registry_password",
            "remove_registry_password",
            "created_at",
            "updated_at",
        ]


class DeployKeySerializer(serializers.Serializer[Any]):
    git_public_key = serializers.CharField(
        help_text="As one line, to be allowed at the Git host for reading."
    )
    fingerprint = serializers.CharField(source="git_public_key_fingerprint")


class NewProjectSerializer(ProjectSerializer):
    organization_id = serializers.UUIDField()


class FindingSerializer(serializers.Serializer[Any]):
    name = serializers.CharField(help_text="What was looked at, such as `disk`.")
    state = serializers.ChoiceField(["ok", "warning", "failed", "skipped"])
    sentence = serializers.CharField(help_text="What was found, and what to do.")
    facts = serializers.DictField(help_text="The same for machines.")


class ServerCheckSerializer(serializers.Serializer[Any]):
    at = serializers.DateTimeField(help_text="When it began.")
    by = serializers.CharField()
    is_complete = serializers.BooleanField()
    findings = FindingSerializer(many=True)


class ServerSerializer(WithRemovals):
    organization_id = serializers.UUIDField(read_only=True)
    private_key = Text(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=16 * 1024,
        help_text="OpenSSH or PEM, without a passphrase. Never shown.",
    )
    remove_private_key = Removal()
    host_key = Text(
        write_only=True,
        required=False,
        allow_blank=True,
        max_length=4096,
        help_text="The server's public key as one line, `ssh-ed25519 AAAA…`: giving it "
        "accepts it. Empty withdraws it.",
    )
    host_key_fingerprint = serializers.CharField(read_only=True)
    last_check = ServerCheckSerializer(
        read_only=True, allow_null=True, help_text="null before the first one."
    )

    class Meta:
        model = Server
        fields: ClassVar = [
            "id",
            "organization_id",
            "name",
            "host",
            "port",
            "username",
            "private_key",
            "remove_private_key",
            "host_key",
            "host_key_fingerprint",
            "is_enabled",
            "last_check",
        ]


class ServerKeySerializer(serializers.Serializer[Any]):
    public_key = serializers.CharField(
        help_text="As one line, for the account's `~/.ssh/authorized_keys`. Empty "
        "while no private key is stored."
    )
    fingerprint = serializers.CharField(source="public_key_fingerprint")


class NewServerSerializer(ServerSerializer):
    organization_id = serializers.UUIDField()


class VariableSerializer(serializers.ModelSerializer[AbstractVariable]):
    value = serializers.SerializerMethodField(
        "visible_value", help_text="null for a secret, and for what no key opens."
    )

    class Meta:
        model = Variable
        fields: ClassVar = ["name", "value", "is_secret", "updated_at"]

    def visible_value(self, variable: AbstractVariable) -> str | None:
        return variable.shown_value


class NewVariableSerializer(StrictSerializer):
    name = serializers.CharField(read_only=True, help_text="That of the path counts.")
    value = Text(
        allow_blank=True,
        allow_null=True,
        help_text="null, as a secret is read, leaves it as it is.",
    )
    is_secret = serializers.BooleanField(default=True, initial=True)
    updated_at = serializers.DateTimeField(read_only=True)


class AuditEntrySerializer(serializers.ModelSerializer[AuditEntry]):
    actor_id = serializers.UUIDField(read_only=True, allow_null=True)
    organization_id = serializers.UUIDField(read_only=True, allow_null=True)
    project_id = serializers.UUIDField(read_only=True, allow_null=True)

    class Meta:
        model = AuditEntry
        fields: ClassVar = [
            "id",
            "created_at",
            "actor_id",
            "actor_name",
            "action",
            "object_type",
            "object_id",
            "object_name",
            "organization_id",
            "project_id",
            "facts",
            "address",
        ]
