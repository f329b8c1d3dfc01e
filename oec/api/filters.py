"""Filters of lists: what is unknown or malformed is refused, never ignored.

A filter with a typing error would otherwise show everything and look like an answer.
"""

from collections.abc import Callable, Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django_filters import rest_framework as filters
from rest_framework.request import Request

from oec.api.queries import refuse_unknown


class StrictFilterBackend(filters.DjangoFilterBackend):
    """For every list, also for those that have no filters."""

    def filter_queryset(
        self, request: Request, queryset: QuerySet[Any], view: Any
    ) -> QuerySet[Any]:
        filterset_class = self.get_filterset_class(view, queryset)
        refuse_unknown(request, filterset_class.base_filters if filterset_class else ())
        return super().filter_queryset(request, queryset, view)


class _CommaSeparated(forms.TextInput):
    def value_from_datadict(self, data: Any, files: Any, name: str) -> Any:
        return ",".join(data.getlist(name)).split(",") if name in data else None


class ChoicesFilter(filters.MultipleChoiceFilter):
    """``?status=failed,running``, or ``?status=failed&status=running``."""

    def __init__(self, choices: Iterable[tuple[str, str]], **kwargs: Any) -> None:
        choices = list(choices)
        values = ", ".join(sorted(value for value, _ in choices))
        sentence = f"Choose from {values}, separated by commas."
        super().__init__(
            choices=choices,
            widget=_CommaSeparated,
            error_messages={"invalid_choice": sentence},
            **kwargs,
        )

    def filter(self, qs: QuerySet[Any], value: list[str]) -> QuerySet[Any]:
        # Not distinct, and one IN instead of many ORs.
        return qs.filter(**{f"{self.field_name}__in": value}) if value else qs


class _IdField(forms.Field):
    widget = forms.TextInput

    def to_python(self, value: str | None) -> UUID | None:
        if value is None:
            return None
        try:
            return UUID(value)
        except ValueError:
            raise ValidationError("This is not a UUID.") from None


class IdFilter(filters.UUIDFilter):
    field_class = _IdField


class _RowField(forms.ModelChoiceField):
    widget = forms.TextInput

    def to_python(self, value: str | None) -> Any:
        return super().to_python(_IdField().to_python(value))


class RowFilter(filters.ModelChoiceFilter):
    """The id of a row that the caller can see; ``visible`` says which those are."""

    field_class = _RowField

    def __init__(self, visible: Callable[[Any], QuerySet[Any]], name: str) -> None:
        super().__init__(
            queryset=lambda request: visible(request.user),
            error_messages={"invalid_choice": f"There is no such {name}."},
        )
