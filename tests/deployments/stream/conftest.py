"""A deployment that runs, and the right to watch it."""

import asyncio
from collections.abc import AsyncGenerator

import pytest
import pytest_asyncio

from deployments import events
from deployments.models import Deployment, Status
from projects.models import Environment, User
from tests.api import Api
from tests.deployments.stream.reading import (
    until,
)
from tests.factories import make_deployment


@pytest.fixture
def running(environment: Environment, alice: User) -> Deployment:
    deployment = make_deployment(environment, by=alice, status=Status.RUNNING)
    events.append(deployment.pk, [events.status_change("running")])
    return deployment


@pytest.fixture
def token(alice: User) -> str:
    return Api(alice).authorization


@pytest_asyncio.fixture(autouse=True)
async def _everything_ends() -> AsyncGenerator[None, None]:
    """What a test started in the background ends with its last viewer."""
    yield
    await until(lambda: len(asyncio.all_tasks()) == 1)
