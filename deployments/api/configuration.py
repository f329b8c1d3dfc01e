"""What a deployment is configured with, and how that differs from elsewhere."""

from uuid import UUID

from drf_spectacular.utils import extend_schema
from rest_framework.response import Response

from deployments.api.serializers import ConfigurationSerializer, represent_configuration
from deployments.models import Deployment
from oec.api.lookup import found
from oec.api.requests import SignedInRequest, endpoint
from oec.api.schema import problems


@extend_schema(responses={200: ConfigurationSerializer, **problems(401, 404, 503)})
@endpoint(["GET"])
def configuration(request: SignedInRequest, deployment_id: UUID) -> Response:
    """As frozen; what the environment has changed since; how it differs from live.

    Of a secret only a fingerprint is shown: equal for equal values in one environment.
    """
    visible = Deployment.objects.visible_to(request.user).with_details()
    deployment = found(visible.select_related("environment__project"), pk=deployment_id)
    return Response(represent_configuration(deployment))
