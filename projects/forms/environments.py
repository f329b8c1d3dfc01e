"""The settings of an environment."""

from typing import Any

from django import forms

from projects.forms.fields import ServiceForm, TextBlock
from projects.models import Environment, Runtime
from projects.models.runtimes import SETTINGS


class EnvironmentForm(ServiceForm):
    """``servers`` are those the environment may be given."""

    GROUPS = (
        (
            "Where it runs",
            "",
            ("name", "type", "git_branch", "server", "deploy_path", "runtime"),
        ),
        ("Commands", "", ("build_command", "release_command", "after_command")),
        ("On the server itself", "shell", SETTINGS[Runtime.SHELL]),
        ("The container", "docker", SETTINGS[Runtime.DOCKER]),
        (
            "Health check",
            "",
            (
                "health_check_url",
                "health_check_command",
                "health_check_timeout_seconds",
            ),
        ),
        (
            "Limits",
            "",
            (
                "step_timeout_seconds",
                "silence_timeout_seconds",
                "total_timeout_seconds",
                "keep_releases",
                "is_enabled",
            ),
        ),
    )

    class Meta:
        model = Environment
        fields = (
            "name",
            "type",
            "git_branch",
            "server",
            "deploy_path",
            "runtime",
            "build_command",
            "release_command",
            "after_command",
            *SETTINGS[Runtime.SHELL],
            *SETTINGS[Runtime.DOCKER],
            "health_check_url",
            "health_check_command",
            "health_check_timeout_seconds",
            "step_timeout_seconds",
            "silence_timeout_seconds",
            "total_timeout_seconds",
            "keep_releases",
            "is_enabled",
        )
        blocks = (
            "build_command",
            "release_command",
            "after_command",
            "shared_paths",
            "activate_command",
            "restart_command",
            "docker_ports",
            "docker_volumes",
            "health_check_command",
        )
        field_classes = dict.fromkeys(blocks, TextBlock)
        widgets = {
            name: forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
            for name in blocks
        }
        labels = {"is_enabled": "Deployments are allowed"}

    def __init__(self, servers: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["server"].queryset = servers  # type: ignore[attr-defined]

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Title, the runtime it is only for (or nothing), and the fields."""
        return [
            (title, runtime, [self[name] for name in names])
            for title, runtime, names in self.GROUPS
        ]
