"""Who takes part in the demo."""

import secrets
from dataclasses import dataclass

from projects.models import User


@dataclass(frozen=True, slots=True)
class Person:
    username: str
    first_name: str
    plays: str
    is_superuser: bool = False


CAST = (
    Person("alice", "Alice", "deploys"),
    Person("bob", "Bob", "may look, not deploy"),
    Person("charlie", "Charlie", "is a stranger and sees nothing"),
    Person("dora", "Dora", "administers, also at /admin/", is_superuser=True),
)


def enter(password: str) -> str:
    """Create who is missing, with ``password`` or a new one.

    Returns the password when it was given to anybody: with one chosen by the caller to
    all of them, with a new one to those who were missing. It is stored as a hash only.
    """
    chosen = password or secrets.token_urlsafe(9)
    was_set = False
    for person in CAST:
        user = User.objects.filter(username=person.username).first()
        if user is None or (password and not user.check_password(password)):
            _admit(user or _new(person), chosen)
            was_set = True
    return chosen if was_set else ""


def _new(person: Person) -> User:
    return User(
        username=person.username,
        first_name=person.first_name,
        is_staff=person.is_superuser,
        is_superuser=person.is_superuser,
    )


def _admit(user: User, password: str) -> None:
    user.set_password(password)
    user.save()
