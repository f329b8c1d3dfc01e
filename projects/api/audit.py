"""The audit trail: who did what, newest first."""

from typing import Any

from django_filters import rest_framework as filters
from rest_framework.request import Request
from rest_framework.response import Response

from oec.api.filters import IdFilter
from oec.api.pagination import NewestFirst
from oec.api.viewsets import ResourceViewSet
from projects.models import AuditEntry
from projects.serializers import AuditEntrySerializer


class AuditFilterSet(filters.FilterSet):
    project = IdFilter(help_text="Of one project.")
    action = filters.CharFilter(strip=False, help_text="Such as `deployment.retried`.")


class NewestEntries(NewestFirst):
    keys = ("id",)


class AuditViewSet(ResourceViewSet):
    queryset = AuditEntry.objects.all()
    serializer_class = AuditEntrySerializer
    filterset_class = AuditFilterSet
    pagination_class = NewestEntries

    def list(self, request: Request, **path: Any) -> Response:
        """What happened in the projects and organizations that the caller can see."""
        return self.page()
