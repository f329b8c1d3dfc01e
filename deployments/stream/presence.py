"""Whether those who watch are still signed in: asked for all of them at once."""

import logging
import time
from collections.abc import Callable, Collection
from dataclasses import dataclass
from uuid import UUID

from django.contrib.sessions.models import Session
from django.db import DatabaseError, InterfaceError
from django.utils import timezone

from oec.offload import offload
from projects.models import EndedTokens, User

logger = logging.getLogger(__name__)

#: So old an answer is good enough; a stream ends within twice that.
SECONDS = 2.0


@dataclass(frozen=True, slots=True)
class SignIn:
    """By what somebody was admitted: their account, and a session or a token.

    ``password`` is its hash: whatever was opened with it ends when it is changed.
    """

    user_id: UUID
    password: str
    session_key: str | None = None
    family: str | None = None


class Presence:
    """The answer is shared, so that a thousand viewers cost one question."""

    def __init__(self) -> None:
        self._looked_at = 0.0
        self._over: frozenset[SignIn] = frozenset()

    async def is_over(
        self, sign_in: SignIn, everybody: Callable[[], Collection[SignIn]]
    ) -> bool:
        """``everybody`` are all that are asked about here, this one among them."""
        now = time.monotonic()
        if now - self._looked_at >= SECONDS:
            # Who comes meanwhile is content with the answer before.
            self._looked_at = now
            try:
                self._over = await offload(over, frozenset(everybody()))
            except (DatabaseError, InterfaceError) as error:
                logger.warning("Live streams go on unasked: %s", error)
        return sign_in in self._over


def over(sign_ins: frozenset[SignIn]) -> frozenset[SignIn]:
    """Those that open nothing any more."""
    accounts = User.objects.filter(
        pk__in={sign_in.user_id for sign_in in sign_ins}, is_active=True
    )
    passwords = dict(accounts.values_list("pk", "password"))
    sessions = Session.objects.filter(
        pk__in={sign_in.session_key for sign_in in sign_ins} - {None},
        expire_date__gt=timezone.now(),
    )
    present = {None, *sessions.values_list("pk", flat=True)}
    ended = EndedTokens.objects.filter(
        family__in={sign_in.family for sign_in in sign_ins} - {None}
    )
    families = {*ended.values_list("family", flat=True)}
    return frozenset(
        sign_in
        for sign_in in sign_ins
        if passwords.get(sign_in.user_id) != sign_in.password
        or sign_in.session_key not in present
        or sign_in.family in families
    )


presence = Presence()
