"""The settings of an environment."""

from typing import Any

from django import forms

from projects.forms.fields import ServiceForm, TextBlock
from projects.models import Environment
from projects.settings import SETTINGS, ValueKind, grouped

#: The runtime stands last of its group: it chooses which of the next ones are shown.
ARRANGED = [
    (group, sorted(members, key=lambda setting: setting.name == "runtime"))
    for group, members in grouped(SETTINGS.values())
]
BLOCKS = [name for name, setting in SETTINGS.items() if setting.kind == ValueKind.BLOCK]


class EnvironmentForm(ServiceForm):
    """``servers`` are those the environment may be given."""

    class Meta:
        model = Environment
        fields = [setting.name for _, members in ARRANGED for setting in members]
        field_classes = dict.fromkeys(BLOCKS, TextBlock)
        widgets = {
            name: forms.Textarea(attrs={"rows": 3, "spellcheck": "false"})
            for name in BLOCKS
        }
        labels = {"is_enabled": "Deployments are allowed"}

    def __init__(self, servers: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["server"].queryset = servers  # type: ignore[attr-defined]

    def groups(self) -> list[tuple[str, str, list[forms.BoundField]]]:
        """Title, the runtime it is only for (or nothing), and the fields."""
        return [
            (group.title, group.runtime, [self[setting.name] for setting in members])
            for group, members in ARRANGED
        ]
