"""Everybody who asks, and how they say who they are."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta

from rest_framework.test import APIClient
from rest_framework_simplejwt.tokens import AccessToken

from projects.models import User
from tests.answers.world import World

#: Longer than a run takes, and the tokens live for five minutes.
A_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Person:
    name: str
    about: str
    sign_in: Callable[[APIClient, World], None]

    def client(self, world: World) -> APIClient:
        client = APIClient(enforce_csrf_checks=True)
        self.sign_in(client, world)
        return client


def _nobody(client: APIClient, world: World) -> None:
    """Says nothing."""


def _token(name: str, lifetime: timedelta = A_DAY) -> Callable[..., None]:
    def sign_in(client: APIClient, world: World) -> None:
        _bear(client, _token_of(world.people[name], lifetime))

    return sign_in


def _too_late(name: str, **changes: object) -> Callable[..., None]:
    """With a token from before these columns were changed."""

    def sign_in(client: APIClient, world: World) -> None:
        user = User.objects.get(pk=world.people[name].pk)
        _bear(client, _token_of(user, A_DAY))
        User.objects.filter(pk=user.pk).update(**changes)

    return sign_in


def _broken(client: APIClient, world: World) -> None:
    _bear(client, "not.a.token")


def _browser(client: APIClient, world: World) -> None:
    """A session, and no token against forged requests."""
    client.force_login(
        world.people["alice"], backend="django.contrib.auth.backends.ModelBackend"
    )


def _token_of(user: User, lifetime: timedelta) -> str:
    token = AccessToken.for_user(user)
    token.set_exp(lifetime=lifetime)
    return str(token)


def _bear(client: APIClient, token: str) -> None:
    client.credentials(HTTP_AUTHORIZATION=f"Bearer {token}")


_ALL = (
    Person("anonymous", "says nothing", _nobody),
    Person("charlie", "owner of another organization", _token("charlie")),
    Person("bob", "viewer of the organization", _token("bob")),
    Person("alice", "member, who deploys", _token("alice")),
    Person("erin", "administrator of the project Shop alone", _token("erin")),
    Person("dora", "administrator of the organization", _token("dora")),
    Person("olga", "owner of the organization", _token("olga")),
    Person("root", "superuser", _token("root")),
    Person("ivan", "deactivated since", _too_late("ivan", is_active=False)),
    Person("greta", "has another password now", _too_late("greta", password="!")),
    Person("expired", "alice, too late", _token("alice", timedelta(seconds=-1))),
    Person("broken", "with no token at all", _broken),
    Person("browser", "alice, by a session", _browser),
)
PEOPLE: Mapping[str, Person] = {person.name: person for person in _ALL}
EVERYBODY = tuple(PEOPLE)
#: One of each right: none, to see, to deploy, to change. For what depends on the
#: request more than on who sends it.
FEW = ("anonymous", "charlie", "bob", "alice", "dora")
#: On both sides of the border between two organizations.
BOTH_SIDES = ("anonymous", "charlie", "bob", "dora", "root")
#: One who may look at what was done, and one who may do it.
PAIR = ("bob", "dora")
#: For what is answered before anybody's rights are looked at.
SOME = ("anonymous", "charlie", "dora", "browser")
