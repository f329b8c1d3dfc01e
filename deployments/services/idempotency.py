"""A repeated request gets the first answer.

After draft-ietf-httpapi-idempotency-key-header-07: the same key with another request
is refused with 422. Where the draft refuses a request that comes while the first is
being handled, here it waits for the first answer and gets the same.
"""

import hashlib
import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from django.db import IntegrityError, transaction

from deployments.models import Deployment, IdempotencyKey
from oec.exceptions import ApplicationError
from projects.models import User

MAX_KEY = 255


class KeyMalformed(ApplicationError):
    code = "idempotency_key_malformed"


class KeyReused(ApplicationError):
    code = "idempotency_key_reused"
    status_code = 422


@dataclass(slots=True)
class Answer:
    """What a request is answered: the first time by who handles it, then by memory."""

    status_code: int = 0
    body: dict[str, Any] = field(default_factory=dict)
    #: Which one it was about, once the answer is given.
    deployment: Deployment = field(init=False)

    @property
    def is_missing(self) -> bool:
        """Nobody has answered this request yet: act, and ``give`` the answer."""
        return not self.status_code

    def give(
        self, deployment: Deployment, status_code: int, body: dict[str, Any]
    ) -> None:
        self.deployment, self.status_code, self.body = deployment, status_code, body


@contextmanager
def once(key: str | None, *, by: User, request: tuple[str, Any]) -> Iterator[Answer]:
    """Yields the answer that this key got the first time, or one that is missing.

    ``request`` is the path and the parsed body. Key and deployment are written in one
    transaction, so that neither stands without the other. A refusal is not remembered:
    nothing happened; and without a key nothing is.
    """
    answer = Answer()
    if key is None:
        yield answer
        return
    digest = _digest(key, request)
    if _repeat(answer, key, by, digest):
        yield answer
        return
    try:
        with transaction.atomic():
            yield answer
            IdempotencyKey.objects.create(
                user=by,
                key=key,
                request_digest=digest,
                deployment=answer.deployment,
                status_code=answer.status_code,
                response=answer.body,
            )
    except (IntegrityError, ApplicationError):
        # Two requests with one key ran at once: this one lost, whatever it met.
        if not _repeat(answer, key, by, digest):
            raise


def _digest(key: str, request: tuple[str, Any]) -> str:
    if not key.isascii() or not key.isprintable() or not 0 < len(key) <= MAX_KEY:
        raise KeyMalformed(
            f"An Idempotency-Key has 1 to {MAX_KEY} printable ASCII characters."
        )
    text = json.dumps(request, sort_keys=True)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _repeat(answer: Answer, key: str, by: User, digest: str) -> bool:
    """Fill in what was answered before; False when nothing was."""
    earlier = IdempotencyKey.objects.filter(user=by, key=key).first()
    if earlier is None:
        return False
    if earlier.request_digest != digest:
        raise KeyReused("This Idempotency-Key was used for another request.")
    answer.status_code, answer.body = earlier.status_code, earlier.response
    return True
