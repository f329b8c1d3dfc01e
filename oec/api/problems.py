"""Every refusal as problem details (RFC 9457): ``detail`` for people, a stable code."""

import logging
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import (
    PermissionDenied,
    RequestDataTooBig,
    SuspiciousOperation,
)
from django.db import DatabaseError, DataError, IntegrityError, InterfaceError
from django.http import Http404, HttpResponse, JsonResponse
from rest_framework import exceptions
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from oec.constraints import taken
from oec.database import advice, trouble
from oec.exceptions import ApplicationError

logger = logging.getLogger(__name__)

MEDIA_TYPE = "application/problem+json"
BEARER = 'Bearer realm="api"'
DATABASE_RETRY_SECONDS = 5

Headers = dict[str, str]


class NotFound(ApplicationError):
    """Absent or not visible: both look the same."""

    code = "not_found"
    status_code = 404

    def __init__(self, what: str = "") -> None:
        nothing = "There is nothing at this address."
        super().__init__(f"{what} not found" if what else nothing)


class TooManyRequests(ApplicationError):
    code = "too_many_requests"
    status_code = 429

    def __init__(self, detail: str, *, wait_seconds: int) -> None:
        super().__init__(detail)
        self.wait_seconds = wait_seconds


class Problem(Response):
    """A page in the browsable API; JSON everywhere else, whatever a view renders."""

    @property
    def rendered_content(self) -> Any:
        if self.accepted_renderer.format != "api":
            self.accepted_renderer = JSONRenderer()
            self.accepted_media_type = "application/json"
        content = super().rendered_content
        if self.accepted_media_type == "application/json":
            self["Content-Type"] = MEDIA_TYPE
        return content


def problem_details(exc: Exception, context: Mapping[str, Any]) -> Problem | None:
    """DRF's exception handler; None for what is a defect of OEC itself."""
    described = describe(exc)
    if described is None:
        return None
    document, headers = described
    return Problem(document, status=document["status"], headers=headers)


def plain_problem(exc: Exception) -> HttpResponse:
    """The same answer where no DRF view is at work. Re-raises what is a defect."""
    described = describe(exc)
    if described is None:
        raise exc
    document, headers = described
    return JsonResponse(
        document, status=document["status"], headers=headers, content_type=MEDIA_TYPE
    )


def document(status: int, code: str, detail: str, **extra: Any) -> dict[str, Any]:
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "detail": detail,
        "code": code,
        **extra,
    }


def describe(exc: Exception) -> tuple[dict[str, Any], Headers] | None:
    """Problem document and headers, or None when this is no refusal."""
    match exc:
        case ApplicationError():
            return _refusal(exc)
        case exceptions.ValidationError():
            return _invalid(exc), {}
        case exceptions.APIException():
            return _framework_refusal(exc)
        case DatabaseError() | InterfaceError():
            return _database(exc)
        case _:
            return _django_refusal(exc)


def _django_refusal(exc: Exception) -> tuple[dict[str, Any], Headers] | None:
    match exc:
        case Http404():
            return _refusal(NotFound())
        case PermissionDenied():
            return document(403, "permission_denied", "You may not do this."), {}
        case RequestDataTooBig():
            return document(413, "too_large", "The body is too large."), {}
        case SuspiciousOperation():
            return document(400, "malformed", "The request is malformed."), {}
        case _:
            return None


def _refusal(refusal: ApplicationError) -> tuple[dict[str, Any], Headers]:
    headers: Headers = {}
    if refusal.status_code == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = BEARER
    if isinstance(refusal, TooManyRequests):
        headers["Retry-After"] = str(refusal.wait_seconds)
    if refusal.status_code == HTTPStatus.SERVICE_UNAVAILABLE:
        headers["Retry-After"] = str(DATABASE_RETRY_SECONDS)
    return (
        document(refusal.status_code, refusal.code, refusal.detail, **refusal.extra),
        headers,
    )


def _invalid(exc: exceptions.ValidationError) -> dict[str, Any]:
    errors = exc.detail if isinstance(exc.detail, dict) else {"": exc.detail}
    name, first = next(iter(errors.items()))
    sentence = _first_sentence(first)
    detail = f"{name}: {sentence}" if name else sentence
    return document(400, "invalid", detail, errors=errors)


def _first_sentence(detail: Any) -> str:
    while isinstance(detail, list | dict):
        detail = next(iter(detail.values() if isinstance(detail, dict) else detail))
    return str(detail)


def _framework_refusal(
    exc: exceptions.APIException,
) -> tuple[dict[str, Any], Headers]:
    headers: Headers = {}
    if exc.status_code == HTTPStatus.UNAUTHORIZED:
        headers["WWW-Authenticate"] = BEARER
    detail: Any = exc.detail
    # A token's refusal comes as a dictionary with its own detail and code.
    if isinstance(detail, dict):
        code, sentence = detail.get("code", exc.default_code), detail["detail"]
    else:
        code, sentence = getattr(detail, "code", exc.default_code), detail
    return document(exc.status_code, str(code), str(sentence)), headers


def _database(
    exc: DatabaseError | InterfaceError,
) -> tuple[dict[str, Any], Headers] | None:
    match exc:
        case IntegrityError():
            sentence = taken(exc)
            return (document(400, "invalid", sentence), {}) if sentence else None
        case DataError():
            return document(400, "invalid", "A value cannot be stored."), {}
        case _:
            return _unavailable(exc)


def _unavailable(
    exc: DatabaseError | InterfaceError,
) -> tuple[dict[str, Any], Headers] | None:
    reason = trouble(exc)
    if reason is None:
        return None
    logger.error("%s (%s)", advice(exc), exc)
    return (
        document(503, reason.code, reason.detail),
        {"Retry-After": str(DATABASE_RETRY_SECONDS)},
    )
