"""Request bodies are bounded before anybody reads them."""

import asyncio
import json
import logging
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

logger = logging.getLogger(__name__)

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[..., Awaitable[None]]

#: So much of a refused body is thrown away, and so long, before the connection ends.
MOST_DRAINED_BYTES = 200_000_000
MOST_DRAINED_SECONDS = 30.0


class BoundedBodies:
    """An ASGI application that passes on only requests with a known, small body.

    Django spools a body of any size to disk, and the REST framework would take one of
    unknown length (``Transfer-Encoding: chunked``) for an empty one.
    """

    def __init__(self, application: Application, most_bytes: int) -> None:
        self._application = application
        self._most_bytes = most_bytes

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = self._refusal(scope) if scope["type"] == "http" else None
        if refusal is None:
            await self._application(scope, receive, send)
            return
        status, code, detail = refusal
        logger.warning("%s: %s %r", status.phrase, scope["method"], scope["path"])
        await _refuse(receive, send, status, code, detail)

    def _refusal(self, scope: Scope) -> tuple[HTTPStatus, str, str] | None:
        headers = dict(scope["headers"])
        if b"transfer-encoding" in headers:
            detail = "Send the body with a Content-Length."
            return HTTPStatus.LENGTH_REQUIRED, "length_required", detail
        # The server has refused what is no number.
        if int(headers.get(b"content-length", b"0")) > self._most_bytes:
            detail = f"A body has {self._most_bytes} bytes at most."
            return HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "too_large", detail
        return None


async def _refuse(
    receive: Receive, send: Send, status: HTTPStatus, code: str, detail: str
) -> None:
    """Answer at once, then take what the client still sends.

    Most clients read the answer only when they have sent everything; a connection that
    is closed before would lose it (RFC 9112, section 9.6).
    """
    problem = {
        "type": "about:blank",
        "title": status.phrase,
        "status": status,
        "detail": detail,
        "code": code,
    }
    body = json.dumps(problem).encode()
    headers = [
        (b"content-type", b"application/problem+json"),
        (b"content-length", str(len(body)).encode()),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": True})
    try:
        async with asyncio.timeout(MOST_DRAINED_SECONDS):
            await _drain(receive)
    except TimeoutError:
        pass
    await send({"type": "http.response.body", "body": b""})


async def _drain(receive: Receive) -> None:
    drained, is_more = 0, True
    while is_more and drained < MOST_DRAINED_BYTES:
        message = await receive()
        drained += len(message.get("body", b""))
        is_more = message.get("more_body", False)
