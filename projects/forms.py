"""What people fill in about projects and servers.

The forms clean; the services validate and write. ``changes`` is what goes to a
service, so that a field nobody touched is never written back over a newer value.
"""

from typing import Any

from django import forms
from django.contrib.auth.forms import AuthenticationForm

from projects.models import Environment, Organization, Project, Server, Variable

KEEP = "Never shown. Leave empty to keep the stored value."


class SignInForm(AuthenticationForm):
    """One sentence for an unknown name, a wrong password and a closed account."""

    error_messages = {
        "invalid_login": "User name or password is wrong.",
        "inactive": "User name or password is wrong.",
    }


class WriteOnly(forms.Textarea):
    """Takes a secret and never shows one, not even the one just refused."""

    def __init__(self, **attrs: str) -> None:
        hints = {"rows": 2, "autocomplete": "off", "spellcheck": "false"}
        super().__init__({**hints, **attrs})

    def format_value(self, value: Any) -> None:
        return None


class TextBlock(forms.CharField):
    """Text of several lines, exactly as typed; browsers send CRLF for a line end."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{**kwargs, "strip": False})

    def to_python(self, value: Any) -> str:
        return (super().to_python(value) or "").replace("\r\n", "\n")


class ServiceForm(forms.ModelForm):
    """A form whose fields are handed to a service instead of being saved."""

    def changes(self) -> dict[str, Any]:
        return {name: self.cleaned_data[name] for name in self.changed_data}

    def refuse(self, errors: dict[str, list[str]]) -> None:
        """Show what a service said about the fields."""
        for name, sentences in errors.items():
            self.add_error(name if name in self.fields else None, sentences)

    def _post_clean(self) -> None:
        # The instance stays as it is stored: a service compares it with the changes,
        # and validates what comes of them.
        pass


class ProjectForm(ServiceForm):
    class Meta:
        model = Project
        fields = ("name", "git_url", "git_token")
        widgets = {"git_token": WriteOnly(placeholder=KEEP)}
        help_texts = {
            "git_url": "https://host/path of the repository.",
            "git_token": "Read access for a private repository. Read at each "
            "deployment, so a renewed token also works for a retry.",
        }


class OfOrganization(forms.Form):
    """Asks first to whom something new belongs."""

    organization = forms.ModelChoiceField(Organization.objects.none(), empty_label=None)

    def __init__(self, organizations: Any, data: Any = None) -> None:
        super().__init__(data)
        self.fields["organization"].queryset = organizations  # type: ignore[attr-defined]


class NewProjectForm(OfOrganization, ProjectForm):
    field_order = ("organization",)


class EnvironmentForm(ServiceForm):
    """``servers`` are those the environment may be given."""

    class Meta:
        model = Environment
        fields = (
            "name",
            "type",
            "git_branch",
            "server",
            "deploy_path",
            "build_command",
            "release_command",
            "restart_command",
            "health_check_url",
            "health_check_command",
            "health_check_timeout_seconds",
            "step_timeout_seconds",
            "silence_timeout_seconds",
            "total_timeout_seconds",
            "keep_releases",
            "is_enabled",
        )
        commands = (
            "build_command",
            "release_command",
            "restart_command",
            "health_check_command",
        )
        field_classes = dict.fromkeys(commands, TextBlock)
        widgets = {
            name: forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
            for name in commands
        }
        labels = {"is_enabled": "Deployments are allowed"}

    GROUPS = (
        ("Where it runs", ("name", "type", "git_branch", "server", "deploy_path")),
        ("Commands", ("build_command", "release_command", "restart_command")),
        (
            "Health check",
            (
                "health_check_url",
                "health_check_command",
                "health_check_timeout_seconds",
            ),
        ),
        (
            "Limits",
            (
                "step_timeout_seconds",
                "silence_timeout_seconds",
                "total_timeout_seconds",
                "keep_releases",
                "is_enabled",
            ),
        ),
    )

    def __init__(self, servers: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["server"].queryset = servers  # type: ignore[attr-defined]

    def groups(self) -> list[tuple[str, list[forms.BoundField]]]:
        return [(title, [self[name] for name in names]) for title, names in self.GROUPS]


class VariableForm(ServiceForm):
    class Meta:
        model = Variable
        fields = ("name", "value", "is_secret")
        field_classes = {"value": TextBlock}
        widgets = {"value": WriteOnly()}
        labels = {"is_secret": "Secret"}


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
