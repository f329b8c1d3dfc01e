"""Live progress as Server-Sent Events; an asynchronous view outside of DRF."""

from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from dataclasses import dataclass
from uuid import UUID

from asgiref.sync import sync_to_async
from django.conf import settings
from django.core.handlers.asgi import ASGIRequest
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    StreamingHttpResponse,
)
from drf_spectacular.utils import extend_schema
from rest_framework.authentication import SessionAuthentication
from rest_framework.exceptions import APIException
from rest_framework.request import Request
from rest_framework.views import APIView

from deployments.api.deployments import MAX_SEQ
from deployments.models import Deployment
from deployments.stream.presence import SignIn
from deployments.stream.viewers import Seat, frames
from oec.api.lookup import get_or_404
from oec.api.problems import TooManyRequests, plain_problem
from oec.exceptions import ApplicationError, InvalidInput
from oec.offload import let_go
from projects.api.authentication import FamilyAuthentication, family_of
from projects.models import User


class MethodNotAllowed(ApplicationError):
    code = "method_not_allowed"
    status_code = 405


class NotSignedIn(ApplicationError):
    code = "not_authenticated"
    status_code = 401


class ForeignOrigin(ApplicationError):
    code = "foreign_origin"
    status_code = 403


class NeedsASGI(ApplicationError):
    """Under WSGI a stream would occupy a worker and arrive in one piece at its end."""

    code = "needs_asgi"
    status_code = 501


class EventStream(StreamingHttpResponse):
    """Ends its frames at once when the client has gone, wherever they were."""

    def __init__(self, frames: AsyncGenerator[bytes, None]) -> None:
        super().__init__(
            frames,
            content_type="text/event-stream",
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        self._frames = frames

    async def __aiter__(self) -> AsyncGenerator[bytes, None]:
        async with aclosing(self._frames):
            async for frame in self._frames:
                yield frame


@dataclass(frozen=True, slots=True)
class Viewer:
    sign_in: SignIn
    after: int
    may_go_on: Callable[[], bool]


@extend_schema(exclude=True)
class Stream(APIView):
    """``deployment_progress`` and ``log`` events, then ``end``."""

    async def get(self, request: HttpRequest, deployment_id: UUID) -> HttpResponseBase:
        viewer = await sync_to_async(_admit)(request, deployment_id)
        if not Seat.is_free(viewer.sign_in.user_id):
            raise TooManyRequests(
                "You have too many live streams open. Close one.", wait_seconds=15
            )
        seat = Seat(viewer.sign_in)
        return EventStream(frames(deployment_id, viewer.after, seat, viewer.may_go_on))

    async def dispatch(  # type: ignore[override]
        self, request: HttpRequest, deployment_id: UUID
    ) -> HttpResponseBase:
        """Instead of the framework's own, which is not asynchronous."""
        try:
            if request.method != "GET":
                raise MethodNotAllowed("Ask for a stream with GET")
            return await self.get(request, deployment_id)
        except (ApplicationError, APIException) as refusal:
            return _refused(refusal)


def _refused(refusal: Exception) -> HttpResponse:
    answer = plain_problem(refusal)
    if answer.status_code == 405:
        answer["Allow"] = "GET"
    return answer


def _admit(request: HttpRequest, deployment_id: UUID) -> Viewer:
    """Everything that needs the database before the stream begins."""
    try:
        _refuse_foreign_origin(request)
        sign_in, user = _signed_in(request)
        get_or_404(Deployment.objects.visible_to(user), pk=deployment_id)
        if not isinstance(request, ASGIRequest):
            raise NeedsASGI(
                "Live streams need an ASGI server. Poll the deployment's events."
            )
        return Viewer(sign_in, _position(request), _right_to_stay(user, deployment_id))
    finally:
        # The thread of this request lives as long as the stream.
        let_go()


def _signed_in(request: HttpRequest) -> tuple[SignIn, User]:
    signed = Request(
        request, authenticators=[FamilyAuthentication(), SessionAuthentication()]
    )
    user = signed.user
    if not isinstance(user, User):
        raise NotSignedIn("Authentication credentials were not provided.")
    if signed.auth is None:
        session_key = request.session.session_key
        return SignIn(user.pk, user.password, session_key=session_key), user
    return SignIn(user.pk, user.password, family=family_of(signed.auth)), user


def _refuse_foreign_origin(request: HttpRequest) -> None:
    origin = request.headers.get("Origin")
    own = f"{request.scheme}://{request.get_host()}"
    if origin is not None and origin not in {own, *settings.CSRF_TRUSTED_ORIGINS}:
        raise ForeignOrigin("Streams are only for pages of this console.")


def _position(request: HttpRequest) -> int:
    """Where a reconnecting browser was, or what a program asks for."""
    text = request.headers.get("Last-Event-ID") or request.GET.get("after") or "0"
    is_number = text.isascii() and text.isdecimal() and len(text) < 20
    if not is_number or int(text) > MAX_SEQ:
        raise InvalidInput({"after": ["Write the seq of the last event you have."]})
    return int(text)


def _right_to_stay(user: User, deployment_id: UUID) -> Callable[[], bool]:
    """Later on: the same account, active, with the same password, who still sees it."""

    def may_go_on() -> bool:
        now = User.objects.filter(pk=user.pk, password=user.password).first()
        if now is None or not now.is_active:
            return False
        return Deployment.objects.visible_to(now).filter(pk=deployment_id).exists()

    return may_go_on
