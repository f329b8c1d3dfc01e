"""GET /deployments/{id}/events and …/log: what happened, to poll and to keep."""

import tracemalloc
from typing import Any

import pytest
from django.db import connection
from django.test import AsyncClient
from django.test.utils import CaptureQueriesContext

from deployments import events
from deployments.logs.text import PART_EVENTS
from deployments.models import Deployment, Status
from oec.offload import offload
from projects.models import Environment, Project, User
from tests.api import Api
from tests.factories import make_deployment

pytestmark = pytest.mark.both_back_ends


@pytest.fixture
def running(environment: Environment, alice: User) -> Deployment:
    return make_deployment(environment, by=alice, status=Status.RUNNING)


def ask(deployment: Deployment, by: User, query: str = "") -> Any:
    return Api(by).get(f"/deployments/{deployment.pk}/events{query}")


def log_of(deployment: Deployment, by: User, query: str = "") -> str:
    answer = Api(by).get(f"/deployments/{deployment.pk}/log{query}")
    assert answer["Content-Type"] == "text/plain; charset=utf-8"
    return b"".join(answer.streaming_content).decode()


def test_events_come_in_order_and_after_the_one_named(
    running: Deployment, bob: User
) -> None:
    drafts = [
        events.step_change("build", "running"),
        events.output("build", "one\n"),
        events.note("build", "Half way."),
    ]
    events.append(running.pk, drafts)
    answer = ask(running, bob).json()
    assert [item["seq"] for item in answer["items"]] == [1, 2, 3]
    assert answer["items"][1] == {
        **answer["items"][1],
        "deployment_id": str(running.pk),
        "kind": "log",
        "step": "build",
        "state": "",
        "text": "one\n",
    }
    assert [item["seq"] for item in ask(running, bob, "?after=2").json()["items"]] == [
        3
    ]


def test_next_leads_on_as_long_as_something_can_come(
    running: Deployment, bob: User
) -> None:
    events.append(running.pk, [events.output("build", "one\n")])
    first = ask(running, bob).json()
    assert first["next"].endswith("/events?after=1")
    assert first["status"] == "running"
    nothing_new = ask(running, bob, "?after=1").json()
    assert nothing_new["items"] == []
    assert nothing_new["next"].endswith("/events?after=1")


def test_next_is_null_when_everything_was_told(
    environment: Environment, alice: User
) -> None:
    ended = make_deployment(environment, by=alice, status=Status.SUCCESS)
    events.append(ended.pk, [events.status_change("success")])
    assert ask(ended, alice).json()["next"] is None


def test_a_long_history_comes_in_parts_without_a_gap(
    environment: Environment, alice: User
) -> None:
    ended = make_deployment(environment, by=alice, status=Status.SUCCESS)
    chunks = [events.output("build", "x" * 60_000) for _ in range(40)]
    events.append(ended.pk, [*chunks, *[events.output("build", "y")] * 150])
    api, link, seen, parts = Api(alice), f"/deployments/{ended.pk}/events", [], 0
    while link:
        answer = api.get(link.rpartition("/api/v1")[2])
        assert len(answer.content) < 2_000_000
        seen += [item["seq"] for item in answer.json()["items"]]
        link, parts = answer.json()["next"], parts + 1
    assert seen == list(range(1, 191))
    assert parts > 2


@pytest.mark.parametrize("after", ["-1", "abc", "1.5", "9" * 12, "9" * 5000, "%00", ""])
def test_a_place_that_is_none_is_refused(
    after: str, running: Deployment, bob: User
) -> None:
    assert ask(running, bob, f"?after={after}").status_code == 400


def test_the_log_is_everything_that_was_printed_and_noted(
    running: Deployment, bob: User
) -> None:
    drafts = [
        events.step_change("build", "running"),
        events.output("build", "downloading…\n50 %"),
        events.note("build", "The connection was cut. Attached again."),
        events.output("build", ", 100 %\n"),
        events.output("build", "done\n"),
        events.note("build", "Released."),
        events.status_change("success", "nothing for the log"),
    ]
    events.append(running.pk, drafts)
    assert log_of(running, bob) == (
        "downloading…\n50 %, 100 %\nThe connection was cut. Attached again.\n"
        "done\nReleased.\n"
    )


def test_a_log_of_many_parts_is_whole(running: Deployment, bob: User) -> None:
    lines = [f"line {number}\n" for number in range(95)]
    events.append(running.pk, [events.output("build", line) for line in lines])
    assert log_of(running, bob) == "".join(lines)


def test_colours_and_other_sequences_are_left_out_unless_asked_for(
    running: Deployment, bob: User
) -> None:
    printed = "\x1b[31mred\x1b[0m\r\n\x1b]0;title\x1b\\10 %\r100 %\x1b[K\n\u202eend"
    halves = (printed[:3], printed[3:])
    events.append(running.pk, [events.output("build", half) for half in halves])
    assert log_of(running, bob) == "red\n100 %\n\ufffdend\n"
    assert log_of(running, bob, "?ansi=1") == printed


@pytest.mark.parametrize("query", ["?ansi=2", "?ansi=", "?ansi=yes", "?colour=1"])
def test_a_log_is_asked_for_with_known_words_only(
    query: str, running: Deployment, bob: User
) -> None:
    answer = Api(bob).get(f"/deployments/{running.pk}/log{query}")
    assert answer.status_code == 400


@pytest.mark.parametrize(
    ("name", "file"),
    [("Shop", "shop-v1.log"), ('K\u00f6ln/"1";', "koln1-v1.log"), ("\u6771", "v1.log")],
)
def test_the_file_is_named_after_project_and_version(
    name: str, file: str, running: Deployment, bob: User
) -> None:
    Project.objects.filter(pk=running.project_id).update(name=name)
    answer = Api(bob).get(f"/deployments/{running.pk}/log")
    assert answer["Content-Disposition"] == f'attachment; filename="{file}"'


@pytest.mark.parametrize("query", ["", "?ansi=1"])
def test_a_log_of_20_megabytes_takes_little_memory_and_few_queries(
    query: str, running: Deployment, bob: User
) -> None:
    chunk = ("\x1b[32m" + "x" * 1_000 + "\n") * 62
    for _ in range(16):
        events.append(running.pk, [events.output("build", chunk)] * 20)
    read = 0
    tracemalloc.start()
    with CaptureQueriesContext(connection) as queries:
        answer = Api(bob).get(f"/deployments/{running.pk}/log{query}")
        tracemalloc.reset_peak()
        for part in answer.streaming_content:
            read += len(part)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert read > 19_000_000
    assert peak < 10_000_000
    of_events = [q for q in queries if "deployments_event" in q["sql"]]
    assert len(of_events) == 320 // PART_EVENTS + 1


@pytest.mark.django_db(transaction=True)
@pytest.mark.asyncio
async def test_under_asgi_the_log_comes_in_parts_as_well(
    running: Deployment, bob: User
) -> None:
    lines = "one line of many\n" * 3_000
    drafts = [events.output("build", lines)] * (2 * PART_EVENTS)
    await offload(events.append, running.pk, drafts)
    authorization = await offload(lambda: Api(bob).authorization)
    path = f"/api/v1/deployments/{running.pk}/log"
    answer: Any = await AsyncClient().get(
        path, headers={"Authorization": authorization}
    )
    parts = [part async for part in answer.streaming_content]
    assert len(parts) >= 2
    assert b"".join(parts).decode() == lines * len(drafts)


def test_markup_in_the_output_stays_text(running: Deployment, bob: User) -> None:
    events.append(running.pk, [events.output("build", "<script>alert(1)</script>")])
    answer = Api(bob).get(f"/deployments/{running.pk}/log")
    assert answer["X-Content-Type-Options"] == "nosniff"
