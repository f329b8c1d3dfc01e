"""The columns of settings, made from their descriptions in ``projects.settings``."""

import re
from collections.abc import Callable
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.core.validators import (
    MaxLengthValidator,
    MaxValueValidator,
    MinValueValidator,
)
from django.db import models

from projects.settings import SETTINGS, Setting

#: The schema whose columns every process knows that can run beside this version.
FIRST_RELEASED_SCHEMA = 2
_CARRIAGE_RETURNS = re.compile(r"\r+(?=\n|\Z)")


class Digits(forms.IntegerField):
    """Takes what people write as a number, not all that int() reads as one."""

    def to_python(self, value: Any) -> int | None:
        text = str(value or "").strip()
        if text and not re.fullmatch(r"-?[0-9]+", text):
            raise ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class Whole(models.PositiveIntegerField):
    """A positive integer whose form field is ``Digits``; the same column for Django."""

    def formfield(self, **options: Any) -> Any:
        return super().formfield(**{"form_class": Digits, **options})

    def deconstruct(self) -> Any:
        name, _, *rest = super().deconstruct()
        return (name, "django.db.models.PositiveIntegerField", *rest)


class Line(models.CharField):
    """Text of one line, stored as its setting tidies it. The same for Django."""

    tidy: Callable[[str], str] | None = None

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return self.tidied(super().clean(value, model_instance))

    def tidied(self, value: Any) -> Any:
        return self.tidy(value) if self.tidy and value else value

    def deconstruct(self) -> Any:
        name, _, *rest = super().deconstruct()
        return (name, "django.db.models.CharField", *rest)


class Block(models.TextField):
    """Text of several lines that end as they do on a server, whoever sends them.

    A carriage return would become part of a command. Stored as its setting tidies it,
    once its lines were checked as they were numbered. The same column for Django.
    """

    tidy: Callable[[str], str] | None = None

    def clean(self, value: Any, model_instance: models.Model | None) -> Any:
        return self.tidied(super().clean(value, model_instance))

    def tidied(self, value: Any) -> Any:
        return self.tidy(value) if self.tidy and value else value

    def to_python(self, value: Any) -> Any:
        return value and _CARRIAGE_RETURNS.sub("", super().to_python(value))

    def deconstruct(self) -> Any:
        name, _, *rest = super().deconstruct()
        return (name, "django.db.models.TextField", *rest)


def line(name: str) -> Line:
    setting = SETTINGS[name]
    column = Line(
        max_length=setting.most, validators=setting.validators, **_of_all(setting)
    )
    column.tidy = setting.tidy
    return column


def block(name: str) -> Block:
    setting = SETTINGS[name]
    column = Block(
        validators=(MaxLengthValidator(setting.most), *setting.validators),
        **_of_all(setting),
    )
    column.tidy = setting.tidy
    return column


def choice(name: str) -> models.CharField:
    setting = SETTINGS[name]
    choices = setting.choices.choices if setting.choices else []
    return models.CharField(
        max_length=max(len(value) for value, _ in choices),
        choices=choices,
        **_of_all(setting),
    )


def number(name: str) -> Whole:
    setting = SETTINGS[name]
    return Whole(validators=_bounds(setting), **_of_all(setting))


def number_or_none(name: str) -> Whole:
    setting = SETTINGS[name]
    return Whole(null=True, validators=_bounds(setting), **_of_all(setting))


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
    default = {"default": setting.default}
    # While the console is upgraded, an older process makes rows without the column.
    if (setting.since or 0) > FIRST_RELEASED_SCHEMA:
        default["db_default"] = setting.default
    return shared | default


def _bounds(setting: Setting) -> list[Any]:
    return [MinValueValidator(setting.least), MaxValueValidator(setting.most)]
