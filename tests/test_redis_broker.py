"""A message of which nobody has heard yet, when Redis goes away."""

import os
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import pytest
from kombu import Connection, Queue

from tests.processes import ROOT

pytestmark = pytest.mark.back_end("postgres")


@pytest.fixture
def connection() -> Iterator[Connection]:
    connection = Connection(
        os.environ["OEC_TEST_REDIS_URL"],
        transport="oec.redis_broker:RedisTransport",
        transport_options={"ack_emulation": False},
    )
    yield connection
    connection.release()


def test_workers_use_it_wherever_there_is_a_redis() -> None:
    told = subprocess.run(
        [
            sys.executable,
            "-c",
            "from oec import settings as s;print(s.CELERY_BROKER_TRANSPORT)",
        ],
        env=os.environ | {"REDIS_URL": "redis://127.0.0.1:6379/0"},
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    assert told.stdout == "oec.redis_broker:RedisTransport\n"


def test_a_connection_that_is_gone_ends_quietly_with_a_message_in_hand(
    connection: Connection,
) -> None:
    channel: Any = connection.default_channel
    bells = Queue("test-bells")(channel)
    bells.declare()
    with connection.Producer() as producer:
        producer.publish({"id": 1}, routing_key="test-bells", retry=False)
    assert bells.get(no_ack=False) is not None
    bells.delete()
    # What Celery does when the broker has closed the connection.
    channel._disconnect_pools()
    connection.collect()
    channel.close()
