"""Failed sign-ins, counted for each account and each address in the shared cache."""

import hashlib
import time

from django.core.cache import cache

MAX_FAILURES = 10
PAUSE_SECONDS = 300


def seconds_to_wait(username: str, address: str | None) -> int:
    """0, or how long this account or this address has to pause."""
    now = time.time()
    entries = cache.get_many(_keys(username, address)).values()
    return max(
        (int(end - now) + 1 for count, end in entries if count >= MAX_FAILURES),
        default=0,
    )


def count_failure(username: str, address: str | None) -> None:
    """Known and unknown accounts count alike, so the pause tells nobody which exist."""
    for key in _keys(username, address):
        count, _ = cache.get(key, (0, 0.0))
        end = time.time() + PAUSE_SECONDS
        cache.set(key, (count + 1, end), PAUSE_SECONDS)


def _keys(username: str, address: str | None) -> list[str]:
    return [_key("account", username.casefold()), _key("address", address or "")]


def _key(kind: str, value: str) -> str:
    # Hashed: a name may hold characters and lengths that no cache key may have.
    digest = hashlib.sha256(value.encode("utf-8", "surrogatepass")).hexdigest()
    return f"failed-sign-ins:{kind}:{digest}"
