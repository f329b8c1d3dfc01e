"""Keyset pages: equally quick at any depth, and nothing shifts while one reads."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, ClassVar

from django.core import signing
from django.db.models import Model, Q
from rest_framework.exceptions import ValidationError
from rest_framework.pagination import BasePagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.urls import replace_query_param

from oec.api.queries import whole_number

DEFAULT_LIMIT = 30
MAX_LIMIT = 100


@dataclass(frozen=True, slots=True)
class _Cursor:
    """Where a page begins: after (or, backwards, before) the row with these values."""

    backwards: bool
    values: list[str]


class NewestFirst(BasePagination):
    """``{"items", "next", "previous"}``, without ever counting.

    ``?limit=`` is 1 to 100 rows, 30 by default; ``?cursor=`` comes from the links and
    is signed: an altered one is refused with 400. Rows are ordered by ``keys``, which
    together must be unique.
    """

    keys: ClassVar[Sequence[str]] = ("created_at", "id")

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any]:
        self._request = request
        limit = whole_number(
            request, "limit", default=DEFAULT_LIMIT, least=1, most=MAX_LIMIT
        )
        cursor = self._read_cursor()
        backwards = cursor is not None and cursor.backwards
        sign = "" if backwards else "-"
        ordered = queryset.order_by(*(f"{sign}{key}" for key in self.keys))
        if cursor is not None:
            lookup = "gt" if backwards else "lt"
            ordered = ordered.filter(_beyond(self.keys, cursor.values, lookup))
        rows = list(ordered[: limit + 1])
        has_more = len(rows) > limit
        rows = rows[:limit]
        if backwards:
            rows.reverse()
        has_next = backwards or has_more
        has_previous = has_more if backwards else cursor is not None
        self._next = self._link(rows[-1], False) if rows and has_next else None
        self._previous = self._link(rows[0], True) if rows and has_previous else None
        return rows

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"items": data, "next": self._next, "previous": self._previous})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return _page_schema(schema)

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        limit = {"type": "integer", "minimum": 1, "maximum": MAX_LIMIT}
        return [
            _parameter("limit", limit, f"Rows of a page, {DEFAULT_LIMIT} by default."),
            _parameter("cursor", {"type": "string"}, "From `next` or `previous`."),
        ]

    @property
    def _salt(self) -> str:
        return f"cursor:{','.join(self.keys)}"

    def _read_cursor(self) -> _Cursor | None:
        text = self._request.query_params.get("cursor")
        if text is None:
            return None
        try:
            backwards, *values = signing.loads(text, salt=self._salt)
        except signing.BadSignature:
            sentence = "This cursor is not one of ours. Follow the links of a list."
            raise ValidationError({"cursor": [sentence]}) from None
        return _Cursor(backwards, values)

    def _link(self, row: Model, backwards: bool) -> str:
        values = [str(getattr(row, key)) for key in self.keys]
        cursor = signing.dumps([backwards, *values], salt=self._salt)
        return replace_query_param(self._request.build_absolute_uri(), "cursor", cursor)


class InOnePiece(BasePagination):
    """The same shape for a short list that is never divided."""

    def paginate_queryset(
        self, queryset: Any, request: Request, view: Any = None
    ) -> list[Any]:
        return list(queryset)

    def get_paginated_response(self, data: Any) -> Response:
        return Response({"items": data, "next": None, "previous": None})

    def get_paginated_response_schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        return _page_schema(schema)


def _parameter(name: str, schema: dict[str, Any], about: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": schema, "description": about}


def _page_schema(items: dict[str, Any]) -> dict[str, Any]:
    link = {"type": "string", "format": "uri", "nullable": True}
    members = {"items": items, "next": link, "previous": link}
    return {"type": "object", "required": list(members), "properties": members}


def _beyond(keys: Sequence[str], values: Sequence[str], lookup: str) -> Q:
    key, value = keys[0], values[0]
    beyond = Q(**{f"{key}__{lookup}": value})
    if len(keys) == 1:
        return beyond
    tie = Q(**{key: value}) & _beyond(keys[1:], values[1:], lookup)
    # The first condition is implied; an index can be entered by it.
    return Q(**{f"{key}__{lookup}e": value}) & (beyond | tie)
