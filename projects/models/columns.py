"""The columns of settings, made from their descriptions in ``projects.settings``."""

from typing import Any

from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
)
from django.db import models

from projects.settings import SETTINGS, Setting


def line(name: str) -> models.CharField:
    setting = SETTINGS[name]
    return models.CharField(
        max_length=setting.most, validators=setting.validators, **_of_all(setting)
    )


def block(name: str) -> models.TextField:
    setting = SETTINGS[name]
    return models.TextField(
        validators=(MaxLengthValidator(setting.most), *setting.validators),
        **_of_all(setting),
    )


def choice(name: str) -> models.CharField:
    setting = SETTINGS[name]
    choices = setting.choices.choices if setting.choices else []
    return models.CharField(
        max_length=max(len(value) for value, _ in choices),
        choices=choices,
        **_of_all(setting),
    )


def number(name: str) -> models.PositiveIntegerField:
    setting = SETTINGS[name]
    return models.PositiveIntegerField(validators=_bounds(setting), **_of_all(setting))


def number_or_none(name: str) -> "models.PositiveIntegerField[int | None, int | None]":
    setting = SETTINGS[name]
    return models.PositiveIntegerField(
        null=True, validators=_bounds(setting), **_of_all(setting)
    )


def switch(name: str) -> models.BooleanField:
    return models.BooleanField(**_of_all(SETTINGS[name]))


def _of_all(setting: Setting) -> dict[str, Any]:
    """What any column says. Without a title Django, too, takes the name's words."""
    shared = {
        "verbose_name": setting.title or None,
        "blank": not setting.is_required,
        "help_text": setting.help,
    }
    if setting.must_be_given or setting.default is None:
        return shared
    return shared | {"default": setting.default}


def _bounds(setting: Setting) -> list[Any]:
    return [MinValueValidator(setting.least), MaxValueValidator(setting.most)]
