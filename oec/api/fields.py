"""Serializer fields that take a value as it was sent, or not at all."""

from typing import Any

from django.db import models
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


class StrictModelSerializer(serializers.ModelSerializer[Any]):
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
