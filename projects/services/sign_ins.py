"""Guessing passwords is slowed down: one count for every door that takes one.

An attempt is counted before the password is looked at and forgotten when it was right,
so that guesses made at the same moment cannot pass together.
"""

import hashlib
import ipaddress
import math
import unicodedata
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from projects.models import FailedSignIns

#: Of one account from one address: whoever guesses locks out no other address.
MAX_FAILURES = 10
#: Behind one address there may be a whole office, most of whom type well; and many
#: addresses together may not try one account for ever. One address alone never gets
#: an account that far.
MAX_FAILURES_OF_ADDRESS = MAX_FAILURES_OF_NAME = 10 * MAX_FAILURES
PAUSE = timedelta(minutes=5)
#: What ended so long ago is of no use to anybody.
KEPT = timedelta(days=1)


class _Paused(Exception):
    """Undoes the counting of an attempt that is not made."""


def begin(username: str, address: str | None) -> int:
    """Count an attempt: 0, or for how many seconds none may be made.

    Known and unknown accounts count alike, so the pause tells nobody which exist.
    """
    now = timezone.now()
    try:
        with transaction.atomic():
            for origin, most in _limits(username, address).items():
                _take(origin, most, now)
    except _Paused:
        return _seconds_to_wait(username, address, now)
    return 0


def succeed(username: str, address: str | None) -> None:
    """The attempt was no failure, nor does it matter any more how often one mistyped.

    The address alone gets back this one attempt: others may be guessing from there.
    """
    pair, of_address, of_name = _limits(username, address)
    counts = FailedSignIns.objects.filter
    with transaction.atomic():
        counts(origin=pair).delete()
        counts(origin=of_address, count__gt=0).update(count=F("count") - 1)
        counts(origin=of_name).delete()
    counts(ends_at__lt=timezone.now() - KEPT).delete()


def _take(origin: str, most: int, now: datetime) -> None:
    """One more, in statements that take effect once however many run at a time."""
    rows, end = FailedSignIns.objects.filter(origin=origin), now + PAUSE
    rows.get_or_create(defaults={"origin": origin, "count": 0, "ends_at": end})
    if rows.filter(ends_at__lte=now).update(count=1, ends_at=end):
        return
    if not rows.filter(count__lt=most).update(count=F("count") + 1, ends_at=end):
        raise _Paused


def _seconds_to_wait(username: str, address: str | None, now: datetime) -> int:
    limits = _limits(username, address)
    full = [
        (row.ends_at - now).total_seconds()
        for row in FailedSignIns.objects.filter(origin__in=limits, ends_at__gt=now)
        if row.count >= limits[row.origin]
    ]
    return max(1, math.ceil(max(full, default=1)))


def _limits(username: str, address: str | None) -> dict[str, int]:
    """Always in this order, so that two attempts never wait for each other."""
    name, network = _normal(username), _network(address)
    return {
        _digest("account from address", name, network): MAX_FAILURES,
        _digest("address", network): MAX_FAILURES_OF_ADDRESS,
        _digest("account", name): MAX_FAILURES_OF_NAME,
    }


def _normal(username: str) -> str:
    """However it is written: case, width, spaces around."""
    folded = unicodedata.normalize("NFKC", username).casefold()
    return unicodedata.normalize("NFKC", folded).strip()


def _network(address: str | None) -> str:
    """Of IPv6 the half that one customer of a provider has to themselves."""
    if address is None:
        return ""
    parsed = ipaddress.ip_address(address)
    if parsed.version == 6 and parsed.ipv4_mapped:
        return str(parsed.ipv4_mapped)
    return str(parsed if parsed.version == 4 else int(parsed) >> 64)


def _digest(*parts: str) -> str:
    text = "\0".join(parts)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()
