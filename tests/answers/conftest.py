"""One world for all requests, which is never committed."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection, transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.answers import edge, world
from tests.answers.asking import Asker


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """An answer is the same on every back end, so it is asked for on one."""
    if connection.vendor == "sqlite":
        return
    elsewhere = [item for item in items if Path(__file__).parent in item.path.parents]
    items[:] = [item for item in items if item not in elsewhere]
    config.hook.pytest_deselected(items=elsewhere)


@pytest.fixture(scope="module")
def asker(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asker]:
    with django_db_blocker.unblock(), transaction.atomic(), edge.stood_in():
        # Each refusal would be a line.
        logging.disable(logging.CRITICAL)
        yield Asker(world.build())
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)
