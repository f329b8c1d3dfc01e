"""Serializer fields that take a value as it was sent, or not at all."""

from collections.abc import Iterable
from difflib import SequenceMatcher
from typing import Any

from django.db import models
from django.http import QueryDict
from drf_spectacular.types import OpenApiTypes
from drf_spectacular.utils import extend_schema_field
from rest_framework import serializers


@extend_schema_field(OpenApiTypes.STR)
class Text(serializers.CharField):
    """A JSON string, not a number or a truth value; nothing is trimmed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"trim_whitespace": False, **kwargs})

    def to_internal_value(self, data: Any) -> str:
        if not isinstance(data, str):
            self.fail("invalid")
        return str(super().to_internal_value(data))


@extend_schema_field(OpenApiTypes.INT)
class WholeNumber(serializers.IntegerField):
    """``22``, or the digits of a form; neither ``22.0`` nor ``true``."""

    def to_internal_value(self, data: Any) -> int:
        whole = isinstance(data, int) and not isinstance(data, bool)
        if not whole and not (
            isinstance(data, str) and data.isascii() and data.isdecimal()
        ):
            self.fail("invalid")
        return int(super().to_internal_value(data))


#: What a browser's form sends beside its fields.
CSRF_FIELD = "csrfmiddlewaretoken"
#: So many unknown fields are named, and so much of each name is repeated.
MOST_NAMED, MOST_REPEATED = 20, 100


class StrictSerializer(serializers.Serializer[Any]):
    """A body whose every field is known: a typing error is refused, never ignored.

    Fields that are only read are known, so that what GET gave can be sent back.
    """

    def to_internal_value(self, data: Any) -> Any:
        is_form = isinstance(data, QueryDict)
        if is_form and CSRF_FIELD not in data:
            # Only a browser sends what was left empty, too, and leaves out boxes that
            # are not ticked. A program means what it sends.
            data = data.dict()
        known = {*self.fields, CSRF_FIELD} if is_form else {*self.fields}
        if unknown := [name for name in data if name not in known]:
            raise serializers.ValidationError(self._refusals(unknown))
        return super().to_internal_value(data)

    def _refusals(self, unknown: list[str]) -> dict[str, list[str]]:
        writable = [name for name, field in self.fields.items() if not field.read_only]
        return {
            _readable(name): [_no_such_field(name, writable)]
            for name in unknown[:MOST_NAMED]
        }


def _no_such_field(name: str, known: Iterable[str]) -> str:
    def likeness(other: str) -> float:
        return SequenceMatcher(a=name.casefold(), b=other.casefold()).ratio()

    nearest = max(known, key=likeness, default=None)
    if nearest is None:
        return "There is no such field: nothing is to be sent here."
    return f"There is no such field. The nearest one is {nearest}."


def _readable(name: str) -> str:
    start = name[:MOST_REPEATED]
    return start if start.isprintable() else ascii(start)[1:-1]


class StrictModelSerializer(StrictSerializer, serializers.ModelSerializer[Any]):
    """Types and sizes are checked here; what spans several fields, by the services."""

    serializer_field_mapping = {
        **serializers.ModelSerializer.serializer_field_mapping,
        models.CharField: Text,
        models.TextField: Text,
        models.PositiveIntegerField: WholeNumber,
    }

    def build_standard_field(
        self, field_name: str, model_field: Any
    ) -> tuple[type[serializers.Field[Any, Any, Any, Any]], dict[str, Any]]:
        """A form begins with what holds where nothing is said."""
        field_class, options = super().build_standard_field(field_name, model_field)
        if model_field.has_default() and not callable(model_field.default):
            options["initial"] = model_field.default
        return field_class, options

    def get_unique_together_validators(self) -> list[Any]:
        return []
