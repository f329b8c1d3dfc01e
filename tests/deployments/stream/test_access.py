"""Who may watch, from where, how often and for how long."""

import asyncio
from uuid import uuid4

import pytest
from django.test import AsyncClient

from deployments.models import Deployment
from deployments.stream import presence, viewers
from deployments.stream.hub import hub
from oec.offload import offload
from projects import services
from projects.api.authentication import RefreshingToken
from projects.models import User
from tests.api import Api
from tests.deployments.stream.reading import (
    finish,
    frames,
    names,
    opened,
    path,
    until,
    whole,
)

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.asyncio
async def test_nobody_strangers_and_absent_ones_are_refused(
    running: Deployment, charlie: User
) -> None:
    strange = await offload(lambda: Api(charlie).authorization)
    client = AsyncClient()
    anonymous = await client.get(path(running))
    in_query = await client.get(path(running, "?token=x&access=x"))
    hidden = await client.get(path(running), headers={"Authorization": strange})
    absent = await client.get(
        f"/api/v1/deployments/{uuid4()}/stream", headers={"Authorization": strange}
    )
    codes = [answer.status_code for answer in (anonymous, in_query, hidden, absent)]
    assert codes == [401, 401, 404, 404]
    assert hidden.content == absent.content
    assert anonymous["WWW-Authenticate"].startswith("Bearer")


@pytest.mark.asyncio
async def test_a_session_is_enough(running: Deployment, bob: User) -> None:
    client = AsyncClient()
    await offload(client.force_login, bob)
    await finish(running)
    answer = await client.get(path(running))
    assert names(await whole(answer))[-1] == "end"


@pytest.mark.asyncio
@pytest.mark.parametrize(
    ("origin", "code"),
    [
        ("http://evil.example", 403),
        ("null", 403),
        ("https://testserver", 403),
        ("http://testserver", 200),
    ],
)
async def test_only_pages_of_this_console_may_listen(
    origin: str, code: int, running: Deployment, token: str
) -> None:
    headers = {"Authorization": token, "Origin": origin}
    answer = await AsyncClient().get(path(running), headers=headers)
    assert answer.status_code == code


@pytest.mark.asyncio
@pytest.mark.parametrize("last", ["abc", "-5", "1.5", "9" * 12, "9" * 5000, "1" * 100])
async def test_a_place_that_is_none_is_refused(
    last: str, running: Deployment, token: str
) -> None:
    headers = {"Authorization": token, "Last-Event-ID": last}
    answer = await AsyncClient().get(path(running), headers=headers)
    assert answer.status_code == 400


@pytest.mark.asyncio
async def test_a_stream_is_only_read(running: Deployment, token: str) -> None:
    answer = await AsyncClient().post(path(running), headers={"Authorization": token})
    assert answer.status_code == 405
    assert answer["Allow"] == "GET"


@pytest.mark.asyncio
async def test_the_eleventh_stream_of_one_user_is_refused(
    running: Deployment, token: str, alice: User
) -> None:
    held = [frames(await opened(running, token)) for _ in range(10)]
    for stream in held:
        await anext(stream)
    headers = {"Authorization": token}
    answer = await AsyncClient().get(path(running), headers=headers)
    assert answer.status_code == 429
    assert int(answer["Retry-After"]) > 0
    for stream in held:
        await stream.aclose()
    await until(lambda: viewers.Seat.is_free(alice.pk))
    await opened(running, token)


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["deactivated", "password", "removed"])
async def test_a_stream_ends_when_the_right_to_it_is_gone(
    how: str,
    running: Deployment,
    token: str,
    alice: User,
    dora: User,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(viewers, "PING_SECONDS", 0.05)
    monkeypatch.setattr(viewers, "CHECK_SECONDS", 0.1)

    def take_away() -> None:
        if how == "removed":
            membership = alice.memberships.get()
            services.remove_member(membership, by=dora)
        elif how == "password":
            alice.set_password("another horse")
            alice.save()
        else:
            User.objects.filter(pk=alice.pk).update(is_active=False)

    reading = asyncio.create_task(whole(await opened(running, token)))
    await until(lambda: hub.viewers_of(running.pk) == 1)
    await offload(take_away)
    assert "end" not in names(await reading)


@pytest.mark.asyncio
@pytest.mark.parametrize("how", ["session", "token", "deactivated", "password"])
async def test_a_stream_ends_within_seconds_of_the_end_of_its_sign_in(
    how: str, running: Deployment, alice: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewers, "LOOK_UP_SECONDS", 0.05)
    monkeypatch.setattr(presence, "SECONDS", 0.1)
    client = AsyncClient()
    refreshing = await offload(RefreshingToken.for_user, alice)
    if how == "session":
        await offload(client.force_login, alice)
        answer = await client.get(path(running))
    else:
        answer = await opened(running, f"Bearer {refreshing.access_token}")
    reading = asyncio.create_task(whole(answer))
    await until(lambda: hub.viewers_of(running.pk) == 1)
    if how == "session":
        await client.post("/sign-out")
    elif how == "token":
        body = {"refresh": str(refreshing)}
        await offload(lambda: Api().post("/auth/token/revoke", body))
    else:
        await offload(_close_the_account, alice, how)
    # Well before CHECK_SECONDS, when the right to see the deployment is asked again.
    assert "end" not in names(await asyncio.wait_for(reading, 5))


def _close_the_account(user: User, how: str) -> None:
    if how == "password":
        user.set_password("another horse")
    user.is_active = how == "password"
    user.save()
