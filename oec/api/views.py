"""The edges of the API: its front door, unknown addresses, and what went wrong."""

import logging
import sys
import uuid
from http import HTTPStatus
from typing import Any

from django.db import Error
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.template import loader
from django.views import defaults
from drf_spectacular.utils import extend_schema
from rest_framework.decorators import api_view
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

from oec.api.problems import MEDIA_TYPE, NotFound, document, plain_problem
from oec.database import trouble

logger = logging.getLogger(__name__)

PREFIX = "/api/"
COLLECTIONS = ("organizations", "projects", "servers", "deployments", "audit")


@extend_schema(exclude=True)
@api_view(["GET"])
def index(request: Request) -> Response:
    """Deploy Git commits to your own servers, and retry what failed."""
    names = (*COLLECTIONS, "schema", "docs")
    return Response({name: reverse(f"api:{name}", request=request) for name in names})


@extend_schema(exclude=True)
class Unknown(APIView):
    """There is nothing at this address."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        raise NotFound

    post = put = patch = delete = options = get
    # Where nothing is, no method is the wrong one.
    http_method_not_allowed = get

    def get_view_name(self) -> str:
        """No name, so that it is no crumb on the way to others."""
        return ""


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponseBase:
    """Django's ``handler400``; the API answers in its own words."""
    if not request.path.startswith(PREFIX):
        return defaults.bad_request(request, exception)
    return _problem(HTTPStatus.BAD_REQUEST, "malformed", "The request is malformed.")


def server_error(request: HttpRequest) -> HttpResponseBase:
    """Django's ``handler500``; says nothing of what happened, unless it will pass."""
    cause = sys.exc_info()[1]
    if isinstance(cause, Error) and (reason := trouble(cause)):
        return _unavailable(request, cause, reason.detail)
    error_id = uuid.uuid4().hex[:12]
    logger.error("Error %s: %s %s: %r", error_id, request.method, request.path, cause)
    if not request.path.startswith(PREFIX):
        page = loader.get_template("500.html").render({"error_id": error_id})
        return HttpResponse(page, status=HTTPStatus.INTERNAL_SERVER_ERROR)
    return _problem(
        HTTPStatus.INTERNAL_SERVER_ERROR,
        "internal_error",
        f"OEC itself failed. Its log says more, under {error_id}.",
        error_id=error_id,
    )


def _unavailable(request: HttpRequest, cause: Exception, detail: str) -> HttpResponse:
    answer = plain_problem(cause)
    if not request.path.startswith(PREFIX):
        answer.content = loader.get_template("503.html").render({"detail": detail})
        answer["Content-Type"] = "text/html; charset=utf-8"
    return answer


def _problem(status: HTTPStatus, code: str, detail: str, **extra: str) -> HttpResponse:
    problem = document(status, code, detail, **extra)
    return JsonResponse(problem, status=status, content_type=MEDIA_TYPE)
