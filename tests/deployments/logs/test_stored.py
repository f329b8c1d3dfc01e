"""Output is stored plain while it grows, compressed later, and reads the same."""

import random
from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, connection, transaction

from deployments import dispatcher, events, lifecycle
from deployments.events import storage
from deployments.logs.text import AsStored, log_text
from deployments.models import Deployment, Event, Status
from deployments.models.chunks import MARK, pack
from deployments.models.events import Kind
from deployments.stream import history
from deployments.views.log import log_tail
from projects.models import Environment, User
from tests import administration
from tests.api import Api
from tests.deployments.canaries import database_dump
from tests.factories import make_deployment
from tests.pages import read, signed_in

pytestmark = pytest.mark.both_back_ends

LINES = "".join(
    f"{n} installed package-{n % 7}.tar.gz größer 日本\n" for n in range(1500)
)
CHUNKS = [LINES, "short\n", f"{MARK}0000005:no such thing\n", LINES[::-1]]


def stored() -> list[str]:
    """The column as it is, in the order of the events."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT text FROM deployments_event ORDER BY seq")
        return [text for (text,) in cursor.fetchall()]


@pytest.fixture
def running(environment: Environment, alice: User) -> Deployment:
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    events.append(running.pk, [events.output("build", text) for text in CHUNKS])
    return running


@pytest.fixture
def ended(running: Deployment) -> Deployment:
    assert lifecycle.succeed(lifecycle.Claim(running.pk, running.epoch))
    return Deployment.objects.get(pk=running.pk)


def whole_log(deployment: Deployment) -> str:
    return "".join(log_text(deployment, AsStored()))


def test_while_it_runs_every_chunk_is_stored_plain(running: Deployment) -> None:
    dispatcher.sweep()
    assert stored()[0] == LINES
    assert whole_log(running) == "".join(CHUNKS)


def test_what_looks_compressed_and_is_not_reads_as_it_was_printed(
    running: Deployment,
) -> None:
    assert running.events.get(seq=3).text == CHUNKS[2]


def test_after_its_end_the_dispatcher_compresses_what_is_worth_it(
    ended: Deployment,
) -> None:
    dispatcher.sweep()
    first, short, _, last, *_ = stored()
    assert first.startswith(MARK)
    assert last.startswith(MARK)
    assert len(first) < len(LINES) / 3
    assert short == "short\n"
    ended.refresh_from_db()
    assert ended.log_compressed_at is not None
    assert whole_log(ended) == "".join(CHUNKS)


DOORS: dict[str, Callable[[Deployment, User], Any]] = {
    "log": lambda row, user: Api(user).get(f"/deployments/{row.pk}/log").getvalue(),
    "events": lambda row, user: Api(user).get(f"/deployments/{row.pk}/events").json(),
    "admin": lambda row, user: events_shown(
        row, administration.enter_as_superuser(user)
    ),
    "page": lambda row, user: read(signed_in(user), row.get_absolute_url()).text,
    "tail": lambda row, user: log_tail(row),
    "stream": lambda row, user: [e.text for e in history.read(row.pk, 0).events],
    "values": lambda row, user: list(row.events.values_list("text", flat=True)),
}


def events_shown(deployment: Deployment, client: Any) -> list[str]:
    """The list of events, and the newest on the page of the deployment."""
    pages = [administration.list_of(Event), administration.page_of(deployment)]
    texts = [read(client, page).text for page in pages]
    assert all("installed package" in text for text in texts)
    return texts


@pytest.mark.parametrize("door", DOORS)
def test_every_door_shows_the_same_before_and_after(
    door: str, ended: Deployment, alice: User
) -> None:
    before = DOORS[door](ended, alice)
    dispatcher.sweep()
    assert stored()[0].startswith(MARK)
    assert DOORS[door](Deployment.objects.get(pk=ended.pk), alice) == before


def test_one_turn_does_a_bounded_part_and_the_next_goes_on(
    ended: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(storage, "CHUNKS_A_TURN", 1)
    storage.compress()
    assert [text.startswith(MARK) for text in stored()][::3][:2] == [True, False]
    assert Deployment.objects.get().log_compressed_at is None
    storage.compress()
    storage.compress()
    assert stored()[3].startswith(MARK)
    assert Deployment.objects.get().log_compressed_at is not None


def test_a_dispatcher_that_is_behind_compresses_nothing_twice(
    ended: Deployment, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Another one compresses the chunk between its look and its write."""
    monkeypatch.setattr(storage, "pack", meanwhile := Meanwhile())
    storage.compress()
    assert meanwhile.happened
    assert whole_log(ended) == "".join(CHUNKS)


class Meanwhile:
    happened = False

    def __call__(self, text: str) -> str:
        if not self.happened:
            self.happened = True
            storage.compress()
        return pack(text)


def test_noise_that_does_not_shrink_is_read_back_all_the_same(
    environment: Environment, alice: User
) -> None:
    printable = "".join(map(chr, range(32, 127)))
    noise = "".join(random.Random(7).choices(printable, k=9999))  # noqa: S311
    failed = make_deployment(environment, by=alice)
    events.append(failed.pk, [events.output("build", noise)])
    storage.compress()
    assert whole_log(failed) == noise
    assert Deployment.objects.get().log_compressed_at is not None


@pytest.mark.django_db(transaction=True)
def test_who_looks_for_secrets_in_the_database_sees_what_is_compressed(
    ended: Deployment,
) -> None:
    storage.compress()
    assert stored()[0].startswith(MARK)
    assert "installed package-3.tar.gz größer".encode() in database_dump()


# --- What the database refuses -------------------------------------------------------

CHANGES: dict[str, dict[str, Any]] = {
    "another text": {"text": "nothing happened\n"},
    "an empty text": {"text": ""},
    "a text of another length": {"text": pack(LINES + "more")},
    "its number": {"text": pack(LINES), "seq": 99},
    "its step": {"text": pack(LINES), "step": "release"},
    "its time": {"text": pack(LINES), "created_at": "2020-01-01T00:00:00Z"},
    "its kind": {"text": pack(LINES), "kind": Kind.NOTE},
}


@pytest.mark.parametrize("change", CHANGES)
def test_nothing_but_its_compression_changes_an_event(
    change: str, ended: Deployment
) -> None:
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ended.events.filter(seq=1).update(**CHANGES[change])
    assert stored()[0] == LINES


def test_what_is_compressed_stays_as_it_is(ended: Deployment) -> None:
    storage.compress()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        ended.events.filter(seq=1).update(text=pack(LINES[::-1]))


@pytest.mark.parametrize("kind", [Kind.LOG, Kind.STEP])
def test_no_event_is_removed_of_what_was_not_pruned(
    kind: Kind, environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    event = failed.events.create(seq=1, kind=kind, created_at=failed.created_at)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        event.delete()


def test_a_run_that_goes_on_is_never_pruned_whatever_its_row_says(
    running: Deployment,
) -> None:
    Deployment.objects.update(log_pruned_at=running.created_at)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        running.events.all().delete()
