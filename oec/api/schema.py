"""What OpenAPI is told about every endpoint."""

from typing import Any

from drf_spectacular.utils import OpenApiParameter, inline_serializer
from rest_framework import serializers

LIMIT = OpenApiParameter("limit", int, description="Rows of a page, 1 to 100.")
CURSOR = OpenApiParameter("cursor", str, description="From `next` or `previous`.")
PAGING = [LIMIT, CURSOR]


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details, RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence for people.")
    code = serializers.CharField(help_text="Stable, for machines.")


def page_of(row: type[serializers.BaseSerializer[Any]]) -> Any:
    return inline_serializer(
        name=row.__name__.removesuffix("Serializer") + "Page",
        fields={
            "items": row(many=True),
            "next": serializers.URLField(allow_null=True),
            "previous": serializers.URLField(allow_null=True),
        },
    )


def problems(*statuses: int) -> dict[Any, Any]:
    """Answers that any endpoint of this kind can give."""
    return {
        (status, "application/problem+json"): ProblemSerializer for status in statuses
    }
