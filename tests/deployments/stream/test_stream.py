"""Live progress: complete, in order, resumable, shared, and closed in time."""

import asyncio
import socket
import time
from contextlib import aclosing
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from deployments import events
from deployments.models import Deployment
from deployments.stream import feeds, viewers
from deployments.stream.hub import hub
from deployments.stream.presence import SignIn
from oec.offload import offload
from projects.models import User
from tests.api import Api
from tests.deployments.stream.reading import (
    SECONDS,
    append,
    finish,
    frames,
    names,
    opened,
    path,
    until,
    whole,
)
from tests.processes import Console

pytestmark = [pytest.mark.both_back_ends, pytest.mark.django_db(transaction=True)]


# --- What arrives --------------------------------------------------------------------


@pytest.mark.asyncio
async def test_history_comes_first_then_what_happens_then_the_end(
    running: Deployment, token: str
) -> None:
    await append(running, events.step_change("build", "running"))
    answer = await opened(running, token)
    seen = []
    async with asyncio.timeout(SECONDS):
        async for frame in frames(answer):
            seen.append(frame)
            if len(seen) == 2:
                await append(running, events.output("build", "one\n"))
            if len(seen) == 3:
                await append(running, events.note("build", "Half way."))
                await finish(running)
    assert names(seen) == [
        *("deployment_progress", "deployment_progress", "log", "log"),
        *("deployment_progress", "end"),
    ]
    assert [frame["id"] for frame in seen] == ["1", "2", "3", "4", "5", "5"]
    assert all(frame["data"]["deployment_id"] == str(running.pk) for frame in seen)
    assert seen[-1]["data"]["status"] == "success"


@pytest.mark.asyncio
async def test_an_event_is_the_same_as_in_the_history(
    running: Deployment, token: str, alice: User
) -> None:
    await append(running, events.output("build", "é€😀\n"))
    await finish(running)
    live = await whole(await opened(running, token))
    history = f"/deployments/{running.pk}/events"
    polled = (await offload(lambda: Api(alice).get(history).json()))["items"]
    for frame, item in zip(live[:-1], polled, strict=True):
        assert frame["data"] == {**item, "status": "success"}


@pytest.mark.asyncio
async def test_a_finished_deployment_is_told_again_and_ends(
    running: Deployment, token: str
) -> None:
    await finish(running)
    assert names(await whole(await opened(running, token))) == [
        *["deployment_progress"] * 2,
        "end",
    ]


@pytest.mark.asyncio
async def test_whoever_comes_back_goes_on_where_they_were(
    running: Deployment, token: str
) -> None:
    chunks = [events.output("build", f"{number}\n") for number in range(10)]
    await append(running, *chunks)
    await finish(running)
    rest = await whole(await opened(running, token, **{"Last-Event-ID": "7"}))
    assert [frame["id"] for frame in rest] == ["8", "9", "10", "11", "12", "12"]


@pytest.mark.asyncio
async def test_cut_anywhere_the_pieces_are_the_whole_log(
    running: Deployment, token: str
) -> None:
    lines = [f"line {number}\n" for number in range(30)]
    await append(running, *[events.output("build", line) for line in lines])
    await finish(running)
    text, last = "", "0"
    for length in [*range(1, 8)] * 3:
        answer = await opened(running, token, **{"Last-Event-ID": last})
        async with aclosing(frames(answer)) as piece:
            async for frame in piece:
                if frame["event"] == "log":
                    text += frame["data"]["text"]
                last = frame["id"]
                length -= 1
                if not length:
                    break
    assert text == "".join(lines)


@pytest.mark.asyncio
async def test_hostile_output_stays_inside_of_its_frame(
    running: Deployment, token: str
) -> None:
    hostile = "\r\r\n\nevent: end\ndata: {}\n\n\u2028<script></pre>\x1b]0;x\x07"
    await append(running, events.output("build", hostile))
    await finish(running)
    received = await whole(await opened(running, token))
    assert names(received) == [
        "deployment_progress",
        "log",
        "deployment_progress",
        "end",
    ]
    assert received[1]["data"]["text"] == hostile


@pytest.mark.asyncio
async def test_a_place_that_is_yet_to_come_holds_nobody_up(
    running: Deployment, token: str
) -> None:
    early = await opened(running, token, **{"Last-Event-ID": "99999"})
    late = await opened(running, token)
    reading = [asyncio.create_task(whole(answer)) for answer in (early, late)]
    await asyncio.sleep(0)
    await append(running, events.output("build", "one\n"))
    await finish(running)
    ahead, behind = await asyncio.gather(*reading)
    assert names(ahead)[-1] == names(behind)[-1] == "end"
    assert "log" in names(behind)


@pytest.mark.asyncio
async def test_a_silence_is_filled_with_pings(
    running: Deployment, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewers, "PING_SECONDS", 0.05)
    async with (
        asyncio.timeout(SECONDS),
        aclosing(frames(await opened(running, token))) as received,
    ):
        assert [(await anext(received))["event"] for _ in range(3)] == [
            *("deployment_progress", "ping", "ping")
        ]


# --- Sharing -------------------------------------------------------------------------


@pytest.mark.asyncio
async def test_all_viewers_share_one_reader_and_see_everything(
    running: Deployment, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(viewers, "STREAMS_OF_ONE_USER", 50)
    reads = 0
    follow = feeds.Feed.follow

    async def counting(self: feeds.Feed, *rest: Any) -> None:
        nonlocal reads
        reads += 1
        await follow(self, *rest)

    monkeypatch.setattr(feeds.Feed, "follow", counting)
    answers = [await opened(running, token) for _ in range(30)]
    reading = [asyncio.create_task(whole(answer)) for answer in answers]
    await until(lambda: hub.viewers_of(running.pk) == 30)
    await append(running, *[events.output("build", "one\n")] * 5)
    await finish(running)
    received = await asyncio.gather(*reading)
    assert all(names(other) == names(received[0]) for other in received)
    assert names(received[0]).count("log") == 5
    assert reads == 1


@pytest.mark.asyncio
async def test_a_viewer_that_fell_behind_reads_for_itself(
    running: Deployment, token: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(feeds, "KEPT_BYTES", 2_000)
    slow = frames(await opened(running, token))
    quick = asyncio.create_task(whole(await opened(running, token)))
    async with asyncio.timeout(SECONDS), aclosing(slow):
        seen = [await anext(slow)]
        await append(running, events.output("build", "x" * 500))
        seen.append(await anext(slow))
        for _ in range(20):
            await append(running, events.output("build", "x" * 500))
        await finish(running)
        await quick
        seen += [frame async for frame in slow]
    assert [int(frame["id"]) for frame in seen] == [*range(1, 24), 23]


@pytest.mark.asyncio
async def test_nothing_is_left_when_the_last_viewer_has_gone(
    running: Deployment, token: str
) -> None:
    async with aclosing(frames(await opened(running, token))) as received:
        await anext(received)
        reading = asyncio.create_task(anext(received))
        await until(lambda: hub.viewers_of(running.pk) == 1)
        reading.cancel()
        await asyncio.gather(reading, return_exceptions=True)
    assert hub.viewers_of(running.pk) == 0


@pytest.mark.asyncio
async def test_viewers_who_leave_at_any_moment_leave_nothing_running(
    running: Deployment, alice: User
) -> None:
    async def watch() -> None:
        seat = viewers.Seat(SignIn(alice.pk, alice.password))
        async for _ in viewers.frames(running.pk, 1, seat, lambda: True):
            pass

    before = len(asyncio.all_tasks())
    for number in range(200):
        watching = asyncio.create_task(watch())
        await asyncio.sleep(number / 20_000)
        # In the same moment something happens and the viewer leaves.
        hub.poke(running.pk)
        watching.cancel()
        await asyncio.gather(watching, return_exceptions=True)
    await until(lambda: len(asyncio.all_tasks()) == before)
    assert viewers.Seat.is_free(alice.pk)


def test_under_wsgi_the_answer_is_501_and_says_what_to_do(
    running: Deployment, token: str
) -> None:
    answer = Client().get(path(running), headers={"Authorization": token})
    assert answer.status_code == 501
    assert answer.json()["code"] == "needs_asgi"


@pytest.mark.asyncio
async def test_proxies_are_told_not_to_hold_it_back(
    running: Deployment, token: str
) -> None:
    answer = await opened(running, token)
    assert answer["Content-Type"] == "text/event-stream"
    assert answer["X-Accel-Buffering"] == "no"
    assert answer["Cache-Control"] == "no-store"


# --- As a real server ----------------------------------------------------------------


def test_it_arrives_over_http_and_the_server_stops_with_streams_open(
    console: Console, running: Deployment, token: str
) -> None:
    web = console.web()
    host, _, port = web.url.removeprefix("http://").partition(":")
    with socket.create_connection((host, int(port)), timeout=SECONDS) as stream:
        request = f"GET {path(running)} HTTP/1.1\r\nHost: {host}\r\n"
        stream.sendall(f"{request}Authorization: {token}\r\n\r\n".encode())
        read_until(stream, b'"state": "running"')
        began = time.monotonic()
        events.append(running.pk, [events.output("build", "now\n")])
        read_until(stream, b'"text": "now\\n"')
        assert time.monotonic() - began < 3
        began = time.monotonic()
        web.stop()
        assert time.monotonic() - began < 10


def read_until(stream: socket.socket, wanted: bytes) -> None:
    received = b""
    while wanted not in received:
        data = stream.recv(65536)
        assert data, received
        received += data


if settings.REDIS_URL:

    @pytest.mark.asyncio
    async def test_redis_wakes_the_reader_before_it_would_look(
        running: Deployment, token: str, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(feeds, "PRECAUTION_SECONDS", 60.0)
        reading = asyncio.create_task(whole(await opened(running, token)))
        await until(lambda: hub.is_woken)
        await append(running, events.output("build", "one\n"))
        await finish(running)
        assert names(await reading)[-1] == "end"
