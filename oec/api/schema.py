"""What OpenAPI is told: all of it stands at the head of each viewset."""

from collections.abc import Iterator
from typing import Any

from drf_spectacular import openapi
from drf_spectacular.contrib.rest_framework_simplejwt import SimpleJWTScheme
from drf_spectacular.types import OpenApiTypes
from rest_framework import serializers

from oec.api.metadata import WRITING
from oec.api.viewsets import NoBody, ResourceViewSet

PROBLEM = "application/problem+json"
#: For the table of answers.
PLAIN_TEXT = OpenApiTypes.STR


class FamilyScheme(SimpleJWTScheme):
    """Tokens of families look like others in a request."""

    target_class = "projects.api.authentication.FamilyAuthentication"


class ProblemSerializer(serializers.Serializer[Any]):
    """Problem details, RFC 9457."""

    type = serializers.CharField()
    title = serializers.CharField()
    status = serializers.IntegerField()
    detail = serializers.CharField(help_text="A sentence for people.")
    code = serializers.CharField(help_text="Stable, for machines.")


class AutoSchema(openapi.AutoSchema):
    def get_response_serializers(self) -> Any:
        if not isinstance(self.view, ResourceViewSet):
            return super().get_response_serializers()
        refusals = sorted(set(self._refusals(self.view, self.view.action)))
        problems = {(status, PROBLEM): ProblemSerializer for status in refusals}
        return {**self._success(self.view, self.view.action), **problems}

    def get_paginated_name(self, serializer_name: str) -> str:
        return f"{serializer_name}Page"

    def _success(self, view: ResourceViewSet, action: str) -> dict[Any, Any]:
        answer = view.answers.get(action, view.serializer_class)
        if answer is None:
            return {204: None}
        if answer is PLAIN_TEXT:
            return {(200, "text/plain"): answer}
        return {201 if action == "create" else 200: answer}

    def _refusals(self, view: ResourceViewSet, action: str) -> Iterator[int]:
        yield 401
        yield from view.refusals.get(action, ())
        if "{" in self.path:
            yield 404
        if action in view.requires:
            yield 403
        if action == "list" and view.filter_backends:
            yield 400
        if self.method in WRITING and view.takes.get(action) is not NoBody:
            yield 400
