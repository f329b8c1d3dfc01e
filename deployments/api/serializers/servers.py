"""What a server, or a Git host, shows of itself, in JSON."""

from typing import Any

from rest_framework import serializers


class HostKeySerializer(serializers.Serializer[Any]):
    host_key = serializers.CharField(
        help_text="The key that is shown now, as one line. PATCH it into `host_key` of "
        "the server, or `git_host_key` of the project, to accept it."
    )
    fingerprint = serializers.CharField()
    accepted_fingerprint = serializers.CharField(
        help_text="Of the accepted key; empty when there is none.", allow_blank=True
    )
    matches = serializers.BooleanField(help_text="Whether it is the accepted key.")


class SightingSerializer(serializers.Serializer[Any]):
    server = serializers.CharField(help_text="Its name.")
    version = serializers.IntegerField(
        allow_null=True,
        help_text="The newest version that it has seen of the project, 0 for none; "
        "null when it did not say.",
    )
    sentence = serializers.CharField()


class CatchUpSerializer(serializers.Serializer[Any]):
    before = serializers.IntegerField(help_text="The project's newest version so far.")
    last_version = serializers.IntegerField(
        help_text="Its newest version now: the next deployment is one higher."
    )
    servers = SightingSerializer(many=True)
