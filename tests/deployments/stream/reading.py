"""Reading a stream as a browser does, and adding to what it tells."""

import asyncio
import json
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing
from typing import Any

from django.test import AsyncClient

from deployments import events
from deployments.events import Draft
from deployments.models import Deployment, Status
from oec.offload import offload

SECONDS = 10


def path(deployment: Deployment, query: str = "") -> str:
    return f"/api/v1/deployments/{deployment.pk}/stream{query}"


async def opened(deployment: Deployment, token: str, **headers: str) -> Any:
    answer = await AsyncClient().get(
        path(deployment), headers={"Authorization": token, **headers}
    )
    assert answer.status_code == 200
    return answer


async def frames(answer: Any) -> AsyncGenerator[dict[str, Any], None]:
    """The events of a stream as the browser hands them over; comments as such."""
    async with aclosing(aiter(answer)) as chunks:
        async for chunk in chunks:
            text = chunk.decode()
            assert text.endswith("\n\n")
            fields = dict(
                line.split(": ", 1) for line in text.strip().split("\n") if ": " in line
            )
            if "data" in fields:
                yield {**fields, "data": json.loads(fields["data"])}
            elif text.startswith(":"):
                yield {"event": "ping"}


async def whole(answer: Any) -> list[dict[str, Any]]:
    async with asyncio.timeout(SECONDS):
        return [frame async for frame in frames(answer)]


async def append(deployment: Deployment, *drafts: Draft, **changes: Any) -> None:
    await offload(events.append, deployment.pk, drafts, **changes)


async def finish(deployment: Deployment) -> None:
    await append(
        deployment,
        events.status_change("success"),
        status=Status.SUCCESS,
        completed_at=deployment.created_at,
    )


def names(received: list[dict[str, Any]]) -> list[str]:
    return [frame["event"] for frame in received]


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(SECONDS):
        while not condition():
            await asyncio.sleep(0.01)
