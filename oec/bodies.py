"""Request bodies are bounded before anybody reads them."""

import json
from collections.abc import Awaitable, Callable, MutableMapping
from http import HTTPStatus
from typing import Any

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
Application = Callable[..., Awaitable[None]]


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
        else:
            await _refuse(send, *refusal)

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


async def _refuse(send: Send, status: HTTPStatus, code: str, detail: str) -> None:
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
        # What the client still sends is not read.
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})
