"""A repeated request gets the first answer.

After draft-ietf-httpapi-idempotency-key-header-07: the same key with another request
is refused with 422. Where the draft refuses a request that comes while the first is
being handled, here it waits for the first answer and gets the same.
"""

import hashlib
import json
from collections.abc import Callable
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


def once(
    key: str,
    *,
    by: User,
    request: tuple[str, Any],
    act: Callable[[], Deployment],
    answer: Callable[[Deployment], tuple[int, dict[str, Any]]],
) -> tuple[int, dict[str, Any]]:
    """Act and answer, or repeat the answer that this key got the first time.

    ``request`` is the path and the parsed body; ``answer`` renders status code and
    body. Key and deployment are written in one transaction, so that neither stands
    without the other. A refusal is not remembered: nothing happened.
    """
    if not key.isascii() or not key.isprintable() or not 0 < len(key) <= MAX_KEY:
        raise KeyMalformed(
            f"An Idempotency-Key has 1 to {MAX_KEY} printable ASCII characters."
        )
    digest = hashlib.sha256(
        json.dumps(request, sort_keys=True).encode("utf-8", "surrogatepass")
    ).hexdigest()
    if earlier := _repeat(key, by, digest):
        return earlier
    try:
        with transaction.atomic():
            deployment = act()
            status_code, body = answer(deployment)
            IdempotencyKey.objects.create(
                user=by,
                key=key,
                request_digest=digest,
                deployment=deployment,
                status_code=status_code,
                response=body,
            )
    except (IntegrityError, ApplicationError):
        # Two requests with one key ran at once: this one lost, whatever it met.
        if earlier := _repeat(key, by, digest):
            return earlier
        raise
    return status_code, body


def _repeat(key: str, by: User, digest: str) -> tuple[int, dict[str, Any]] | None:
    earlier = IdempotencyKey.objects.filter(user=by, key=key).first()
    if earlier is None:
        return None
    if earlier.request_digest != digest:
        raise KeyReused("This Idempotency-Key was used for another request.")
    return earlier.status_code, earlier.response
