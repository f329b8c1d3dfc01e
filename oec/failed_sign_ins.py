"""Failed sign-ins, counted for each account and each address in the shared cache.

One count for every door that takes a password.
"""

import hashlib
import time

from django.core.cache import cache

MAX_FAILURES = 10
#: Behind one address there may be a whole office, most of whom type well.
MAX_FAILURES_OF_ADDRESS = 10 * MAX_FAILURES
PAUSE_SECONDS = 300


def seconds_to_wait(username: str, address: str | None) -> int:
    """0, or how long this account or this address has to pause."""
    now = time.time()
    limits = _limits(username, address)
    return max(
        (
            int(end - now) + 1
            for key, (count, end) in cache.get_many(limits).items()
            if count >= limits[key]
        ),
        default=0,
    )


def count(username: str, address: str | None) -> None:
    """Known and unknown accounts count alike, so the pause tells nobody which exist."""
    for key in _limits(username, address):
        count, _ = cache.get(key, (0, 0.0))
        end = time.time() + PAUSE_SECONDS
        cache.set(key, (count + 1, end), PAUSE_SECONDS)


def _limits(username: str, address: str | None) -> dict[str, int]:
    return {
        _key("account", username.casefold()): MAX_FAILURES,
        _key("address", address or ""): MAX_FAILURES_OF_ADDRESS,
    }


def _key(kind: str, value: str) -> str:
    # Hashed: a name may hold characters and lengths that no cache key may have.
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return f"failed-sign-ins:{kind}:{digest}"
