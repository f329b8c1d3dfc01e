"""The broker made of files, with many processes' worth of writers and readers."""

import errno
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from queue import Empty
from threading import Event
from typing import Any

import pytest
from django.utils import timezone
from kombu import Connection
from kombu.transport import filesystem

from deployments import dispatcher
from deployments.models import Deployment, Status
from oec import broker
from projects.models import Environment, User
from tests import factories
from tests.processes import Console

WRITERS, READERS, MESSAGES = 4, 4, 100


@pytest.fixture
def connection(tmp_path: Path) -> Connection:
    for folder in ("queue", "control"):
        (tmp_path / folder).mkdir()
    return Connection(
        "filesystem://localhost/",
        transport="oec.broker:Transport",
        transport_options={
            "data_folder_in": str(tmp_path / "queue"),
            "data_folder_out": str(tmp_path / "queue"),
            "control_folder": str(tmp_path / "control"),
        },
    )


def open_channel(connection: Connection) -> broker.Channel:
    channel = connection.clone().channel()
    assert isinstance(channel, broker.Channel)
    return channel


def write(connection: Connection, writer: int) -> None:
    channel = open_channel(connection)
    for number in range(MESSAGES):
        channel._put("deployments", {"id": f"{writer}-{number}", "pad": "x" * 9000})


def read(connection: Connection, all_written: Event) -> list[str]:
    """Everything that this reader gets until the writers are done and all is taken."""
    channel = open_channel(connection)
    taken = []
    while True:
        is_last_look = all_written.is_set()
        try:
            taken.append(channel._get("deployments")["id"])
        except Empty:
            if is_last_look:
                return taken


def test_every_message_of_many_writers_reaches_one_of_many_readers(
    connection: Connection,
) -> None:
    all_written = Event()
    with ThreadPoolExecutor(WRITERS + READERS) as pool:
        readers = [pool.submit(read, connection, all_written) for _ in range(READERS)]
        writers = [pool.submit(write, connection, n) for n in range(WRITERS)]
        for writer in writers:
            writer.result()
        all_written.set()
        received = [message for reader in readers for message in reader.result()]

    sent = [f"{n}-{number}" for n in range(WRITERS) for number in range(MESSAGES)]
    assert sorted(received) == sorted(sent)


def test_a_message_that_is_still_being_written_is_not_seen(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    channel = open_channel(connection)
    write_text = Path.write_text
    seen_half_way: list[int] = []

    def write_slowly(path: Path, text: str) -> int:
        write_text(path, text[:5])
        seen_half_way.append(channel._size("deployments"))
        return write_text(path, text)

    monkeypatch.setattr(Path, "write_text", write_slowly)
    channel._put("deployments", {"id": "1"})

    assert seen_half_way == [0]
    assert channel._get("deployments") == {"id": "1"}


def write_half(path: Path, text: str) -> int:
    with path.open("w") as file:
        file.write(text[:5])
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_keeps_no_half_of_a_message_and_the_next_one_arrives(
    connection: Connection, tmp_path: Path
) -> None:
    channel = open_channel(connection)
    with pytest.MonkeyPatch.context() as full:
        full.setattr(Path, "write_text", write_half)
        with pytest.raises(OSError, match="No space left"):
            channel._put("deployments", {"id": "1"})
    assert list((tmp_path / "queue").iterdir()) == []

    channel._put("deployments", {"id": "2"})
    assert channel._get("deployments") == {"id": "2"}


def test_a_full_disk_leaves_what_is_bound_as_it_was(connection: Connection) -> None:
    channel = open_channel(connection)
    channel._queue_bind("bells", "first", None, "first")
    with pytest.MonkeyPatch.context() as full:
        full.setattr(Path, "write_text", write_half)
        with pytest.raises(OSError, match="No space left"):
            channel._queue_bind("bells", "second", None, "second")
    assert [queue for _, _, queue in channel.get_table("bells")] == ["first"]

    channel._queue_bind("bells", "second", None, "second")
    assert [queue for _, _, queue in channel.get_table("bells")] == ["second", "first"]


def test_what_is_bound_is_written_anew_after_it_was_left_half_written(
    connection: Connection, tmp_path: Path
) -> None:
    (tmp_path / "control" / "bells.exchange").write_text("[[")
    channel = open_channel(connection)
    assert channel.get_table("bells") == []
    channel._queue_bind("bells", "first", None, "first")
    assert len(channel.get_table("bells")) == 1


@pytest.mark.django_db
@pytest.mark.back_end("sqlite")
def test_a_bell_that_finds_no_room_is_rung_in_the_next_round(
    environment: Environment, alice: User, caplog: pytest.LogCaptureFixture
) -> None:
    waiting = factories.make_deployment(environment, by=alice, status=Status.PENDING)
    Deployment.objects.update(created_at=timezone.now() - timedelta(minutes=1))
    with pytest.MonkeyPatch.context() as full:
        full.setattr(Path, "write_text", write_half)
        dispatcher.ring_again()
    waiting.refresh_from_db()
    assert waiting.rung_at is None
    assert "No space left on device" in caplog.text

    dispatcher.ring_again()
    waiting.refresh_from_db()
    assert waiting.rung_at is not None


def test_messages_are_taken_in_the_order_in_which_they_came(
    connection: Connection,
) -> None:
    channel = open_channel(connection)
    for number in range(5):
        channel._put("deployments", {"id": number})
    taken = [channel._get("deployments")["id"] for _ in range(5)]
    assert taken == [0, 1, 2, 3, 4]
    with pytest.raises(Empty):
        channel._get("deployments")


@pytest.mark.parametrize("timeout", [None, 2.0])
def test_a_worker_looks_up_often_while_nothing_comes(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, timeout: float | None
) -> None:
    waits: list[Any] = []
    monkeypatch.setattr(
        filesystem.Transport, "drain_events", lambda *options: waits.append(options[-1])
    )
    connection.transport.drain_events(connection, timeout=timeout)
    assert waits == [broker.MOST_WAITED_SECONDS]


@pytest.mark.django_db(transaction=True)
@pytest.mark.back_end("postgres")
def test_a_worker_begins_without_asking_the_others(console: Console) -> None:
    first, second = console.worker(), console.worker()
    for worker in (first, second):
        assert "ready" in worker.output
        assert "mingle" not in worker.output
