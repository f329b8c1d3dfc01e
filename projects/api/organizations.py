"""Organizations: whose projects and servers they are."""

from typing import Any
from uuid import UUID

from rest_framework.request import Request
from rest_framework.response import Response

from oec.api.viewsets import ResourceViewSet
from oec.exceptions import InvalidInput
from projects import permissions
from projects.models import Organization, User
from projects.serializers import OrganizationSerializer


class OrganizationViewSet(ResourceViewSet):
    queryset = Organization.objects.all()
    serializer_class = OrganizationSerializer

    def list(self, request: Request, **path: Any) -> Response:
        """The organizations that the caller belongs to, newest first."""
        return self.page()


def administered(user: User, organization_id: UUID) -> Organization:
    """The organization that a new object names, if the caller may add to it."""
    visible = Organization.objects.visible_to(user)
    organization = visible.filter(pk=organization_id).first()
    if organization is None:
        raise InvalidInput({"organization_id": ["This organization does not exist."]})
    permissions.require_administer(user, organization)
    return organization
