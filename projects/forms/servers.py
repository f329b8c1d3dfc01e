"""Servers."""

from django import forms

from projects.forms.fields import (
    KEEP,
    OfOrganization,
    ServiceForm,
    TextBlock,
    WriteOnly,
)
from projects.models import Server


class ServerForm(ServiceForm):
    class Meta:
        model = Server
        fields = (
            "name",
            "host",
            "port",
            "username",
            "private_key",
            "host_key",
            "is_enabled",
        )
        field_classes = {"private_key": TextBlock}
        widgets = {
            "private_key": WriteOnly(placeholder=KEEP),
            "host_key": forms.Textarea(attrs={"rows": 3, "spellcheck": "false"}),
        }
        labels = {"is_enabled": "Deployments are allowed"}
        help_texts = {
            "username": "The account that deploys; it needs no root rights.",
            "private_key": "One unencrypted private key in OpenSSH or PEM format.",
            "host_key": "One public-key line of the server, such as the content of "
            "/etc/ssh/ssh_host_ed25519_key.pub. By saving it you accept its "
            "fingerprint; a server that shows another key is refused.",
        }


class NewServerForm(OfOrganization, ServerForm):
    field_order = ("organization",)
