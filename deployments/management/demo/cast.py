"""Who takes part in the demo."""

import secrets
from dataclasses import dataclass

from projects.models import User


@dataclass(frozen=True, slots=True)
class Part:
    username: str
    first_name: str
    plays: str
    is_superuser: bool = False


CAST = (
    Part("alice", "Alice", "deploys"),
    Part("bob", "Bob", "may look, not deploy"),
    Part("charlie", "Charlie", "is a stranger and sees nothing"),
    Part("dora", "Dora", "administers, also at /admin/", is_superuser=True),
)


def enter(password: str) -> str:
    """Create who is missing, with ``password`` or a new one.

    Returns the password when it was given to anybody: with one chosen by the caller to
    all of them, with a new one to those who were missing. It is stored as a hash only.
    """
    chosen = password or secrets.token_urlsafe(9)
    given = False
    for part in CAST:
        user = User.objects.filter(username=part.username).first()
        if user is None or (password and not user.check_password(password)):
            _admit(user or _new(part), chosen)
            given = True
    return chosen if given else ""


def _new(part: Part) -> User:
    return User(
        username=part.username,
        first_name=part.first_name,
        is_staff=part.is_superuser,
        is_superuser=part.is_superuser,
    )


def _admit(user: User, password: str) -> None:
    user.set_password(password)
    user.save()
