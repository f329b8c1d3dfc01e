"""One world for all requests, which is never committed."""

import logging
from collections.abc import Iterator

import pytest
from django.db import transaction
from pytest_django.plugin import DjangoDbBlocker

from tests.answers import edge, world
from tests.answers.asking import Asker


@pytest.fixture(scope="module")
def asker(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[Asker]:
    with django_db_blocker.unblock(), transaction.atomic(), edge.stood_in():
        # Each refusal would be a line.
        logging.disable(logging.CRITICAL)
        yield Asker(world.build())
        logging.disable(logging.NOTSET)
        transaction.set_rollback(True)
