"""A setting of an environment is described once, and every place follows.

``lacking`` names the places that do not know a setting: what is left to do for a new
one, beside its migration.
"""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import FieldDoesNotExist
from django.db.models import Field

from deployments.api.serializers import EnvironmentSerializer
from deployments.configuration import NUMBER, FrozenSettings
from deployments.engine.pipeline import Settings
from deployments.models import Release
from deployments.views.deployment import LIMITS
from projects.admin.places import EnvironmentAdmin
from projects.forms import EnvironmentForm
from projects.models import Environment, columns
from projects.secrets import EncryptedTextField
from projects.settings import FROZEN, SCHEMA, SETTINGS, Setting, ValueKind
from projects.settings.page import render

PAGE = Path(__file__).parents[1] / "docs" / "settings.md"
#: Columns of an environment that nobody sets.
OTHERS = {
    *("id", "project", "auto_deploy", "fingerprint_key", "created_at", "updated_at"),
    *("live", "previous", "serving", "serving_since"),
}
#: What makes the column of each kind.
MADE: dict[ValueKind, Callable[[str], Any]] = {
    ValueKind.LINE: columns.line,
    ValueKind.BLOCK: columns.block,
    ValueKind.NUMBER: columns.number,
    ValueKind.CHOICE: columns.choice,
    ValueKind.SWITCH: columns.switch,
}
NEW = Setting(
    name="memory_megabytes",
    group=SETTINGS["keep_releases"].group,
    kind=ValueKind.NUMBER,
    help="More memory than this is never used.",
    unit="MB",
    least=1,
    most=4096,
    default=512,
    is_required=True,
    since=SCHEMA + 1,
)


def lacking(setting: Setting) -> list[str]:
    """The places that do not know it, or know another one by its name."""
    name = setting.name
    in_admin = [
        field for _, room in EnvironmentAdmin.fieldsets for field in room["fields"]
    ]
    planned = {known.name for known in fields(Settings)}
    api_name = {"server": "vm_id"}.get(name, name)
    known = {
        "the column": has_its_column(setting),
        "the form": name in EnvironmentForm.base_fields,
        "the administration": in_admin.count(name) == 1,
        "the API": api_name in EnvironmentSerializer.Meta.fields,
        "the plan": setting.since is None or name in planned,
        "docs/settings.md": f"| `{name}` |" in PAGE.read_text(),
    }
    return [place for place, knows in known.items() if not knows]


def has_its_column(setting: Setting) -> bool:
    """Made from this description, not from that of another; encrypted if secret."""
    try:
        column: Any = Environment._meta.get_field(setting.name)
    except FieldDoesNotExist:
        return False
    if setting.kind == ValueKind.SERVER:
        return column.is_relation
    if setting.is_secret:
        return isinstance(column, EncryptedTextField)
    is_optional = setting.kind == ValueKind.NUMBER and setting.default is None
    make = columns.number_or_none if is_optional else MADE[setting.kind]
    assert isinstance(column, Field)
    return column.deconstruct()[1:] == make(setting.name).deconstruct()[1:]


@pytest.mark.parametrize("setting", SETTINGS.values(), ids=lambda setting: setting.name)
def test_every_place_knows_the_setting(setting: Setting) -> None:
    assert lacking(setting) == []


def test_a_new_setting_is_missed_in_each_place_that_does_not_know_it() -> None:
    assert lacking(NEW) == [
        "the column",
        "the form",
        "the administration",
        "the API",
        "the plan",
        "docs/settings.md",
    ]


def test_every_column_is_a_setting_or_known_not_to_be_one() -> None:
    names = {column.name for column in Environment._meta.fields}
    assert names == SETTINGS.keys() | OTHERS


def test_the_page_in_the_documentation_is_up_to_date() -> None:
    assert PAGE.read_text(encoding="utf-8") == render(), (
        "renew it: python -m projects.settings.page > docs/settings.md"
    )


def test_the_documentation_tells_all_there_is_to_say_of_a_new_setting() -> None:
    row = (
        "| `memory_megabytes` | More memory than this is never used. "
        f"| 1 to 4096 MB | `512` | {SCHEMA + 1} |"
    )
    assert row in render([*SETTINGS.values(), NEW])


def test_a_release_from_before_a_new_setting_has_the_default_it_came_with(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    release = Release(configuration={NUMBER: SCHEMA, "runtime": "shell"})
    monkeypatch.setitem(FROZEN, NEW.name, NEW)
    assert FrozenSettings.of(release).values[NEW.name] == 512


def test_another_default_of_today_changes_nothing_of_the_past() -> None:
    described = {known.name: getattr(NEW, known.name) for known in fields(NEW)}
    later = Setting(**{**described, "default": 1024, "first_default": 512})
    assert (NEW.unset, later.default, later.unset) == (512, 1024, 512)


def test_a_secret_is_never_frozen_among_the_settings() -> None:
    with pytest.raises(ValueError, match="token: a frozen configuration is plain text"):
        Setting(
            name="token",
            group=NEW.group,
            kind=ValueKind.LINE,
            is_secret=True,
            since=SCHEMA,
        )


def test_schemas_are_numbered_without_a_gap_and_no_setting_is_called_like_one() -> None:
    assert {setting.since for setting in FROZEN.values()} == {*range(1, SCHEMA + 1)}
    assert NUMBER not in SETTINGS


def test_the_page_of_a_deployment_tells_every_span_of_time() -> None:
    spans = {name for name, setting in FROZEN.items() if setting.unit == "seconds"}
    assert LIMITS.keys() == spans
