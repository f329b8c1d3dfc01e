"""One request, and the answers that everybody gets to it."""

import json
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass, field
from typing import Any

from django.db import connection, transaction
from rest_framework.test import APIClient

from tests.answers.people import EVERYBODY, PAIR, PEOPLE
from tests.answers.plain import Plain
from tests.answers.recording import NAME_IN_BRACES
from tests.answers.world import World

BASE = "/api/v1"
HEADERS = (
    "Allow",
    "Cache-Control",
    "Content-Disposition",
    "Content-Type",
    "Location",
    "Retry-After",
    "Vary",
    "WWW-Authenticate",
)
#: Lists whose order means nothing.
SETS = {"Allow", "Vary"}


@dataclass(frozen=True)
class Ask:
    """A request. ``{name}`` in path and body is what the world calls so.

    ``body`` is JSON, or bytes that are sent as they are. ``after`` is asked before, by
    the same person; ``{answer x}`` is then the member x of the last answer. Only
    ``by`` ask: by default everybody, and a pair what comes after something else. Of
    the answer only the status is of interest if ``is_brief``, and everything but the
    body if ``is_bodiless``.
    """

    method: str
    path: str
    body: Any = None
    headers: Mapping[str, str] = field(default_factory=dict)
    content_type: str = "application/json"
    after: "tuple[Ask, ...]" = ()
    by: tuple[str, ...] = ()
    is_brief: bool = False
    is_bodiless: bool = False

    def __str__(self) -> str:
        parts = [self.method, self.path]
        if isinstance(self.body, bytes):
            parts.append(_shortened(repr(self.body)[1:]))
        elif self.body is not None:
            parts.append(_shortened(json.dumps(self.body, ensure_ascii=False)))
        if self.content_type != "application/json":
            parts.append(f"as {self.content_type}")
        parts += [f"{name}: {value}" for name, value in self.headers.items()]
        parts += [f"← {earlier}" for earlier in reversed(self.after)]
        return " ".join(parts)

    @property
    def people(self) -> tuple[str, ...]:
        return self.by or (PAIR if self.after else EVERYBODY)

    @property
    def url(self) -> str:
        """Most paths are below the base; some are not."""
        return self.path if self.path.startswith(("/api", "{")) else BASE + self.path


class Asker:
    """Asks for everybody, each time in the same untouched world."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._clients = {name: person.client(world) for name, person in PEOPLE.items()}
        self._plain = Plain(world)

    def answers(self, ask: Ask) -> dict[str, Any]:
        """By the name of who asked."""
        return {name: self._answer(ask, self._clients[name]) for name in ask.people}

    def _answer(self, ask: Ask, client: APIClient) -> Any:
        names = dict(self._world.names)
        cookies = deepcopy(client.cookies)
        before = transaction.savepoint()
        try:
            for earlier in ask.after:
                answer = self._send(earlier, client, names)
                names |= _members(answer)
            return self._told(ask, self._send(ask, client, names))
        finally:
            # A view that ended the transaction would have changed the world.
            assert connection.in_atomic_block
            transaction.savepoint_rollback(before)
            client.cookies = cookies

    def _send(self, ask: Ask, client: APIClient, names: Mapping[str, str]) -> Any:
        body = ask.body
        if body is None:
            body = b""
        elif not isinstance(body, bytes):
            body = json.dumps(_named(body, names)).encode()
        return client.generic(
            ask.method,
            _named(ask.url, names),
            body,  # type: ignore[arg-type]  # bytes are sent as they are
            ask.content_type,
            headers=dict(ask.headers),
        )

    def _told(self, ask: Ask, answer: Any) -> Any:
        told: dict[str, Any] = {"status": answer.status_code}
        if ask.is_brief:
            return told
        headers = {
            name: _sorted(answer[name]) if name in SETS else answer[name]
            for name in HEADERS
            if name in answer.headers
        }
        told["headers"] = headers
        kind = headers.get("Content-Type", "")
        content = b"".join(answer) if answer.streaming else answer.content
        if ask.is_bodiless:
            pass
        elif content and "json" in kind:
            told["body"] = json.loads(content)
        elif content and "html" not in kind:
            told["body"] = content.decode()
        return self._plain.of(told)


def _named(value: Any, names: Mapping[str, str]) -> Any:
    """With what the names in braces stand for; other braces stay."""
    if isinstance(value, str):
        return NAME_IN_BRACES.sub(lambda match: names.get(match[1], match[0]), value)
    if isinstance(value, list):
        return [_named(part, names) for part in value]
    if isinstance(value, dict):
        return {key: _named(part, names) for key, part in value.items()}
    return value


def _members(answer: Any) -> dict[str, str]:
    if "json" not in answer.headers.get("Content-Type", ""):
        return {}
    return {
        f"answer {name}": value
        for name, value in json.loads(answer.content).items()
        if isinstance(value, str)
    }


def _shortened(body: str) -> str:
    return body if len(body) <= 200 else f"{body[:60]}… of {len(body)} characters"


def _sorted(header: str) -> str:
    return ", ".join(sorted(part.strip() for part in header.split(",")))
