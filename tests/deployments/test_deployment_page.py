"""The page of one deployment."""

import html
import json
import time
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from deployments import diagnosis, events
from deployments.logs.terminal import Terminal
from deployments.models import Deployment, Status
from deployments.views.log import MAX_CHARACTERS
from projects.models import Environment, User
from tests.factories import make_deployment, make_release
from tests.pages import queries_of, read, signed_in


def url_of(deployment: Deployment) -> str:
    return f"/deployments/{deployment.pk}"


def failure(code: str, **facts: Any) -> dict[str, Any]:
    diagnosed = diagnosis.failure(code, **facts)
    return {
        "error_code": diagnosed.code,
        "error_message": diagnosed.message,
        "error_class": diagnosed.failure_class,
        "advised_verb": diagnosed.verb,
        "error_evidence": "the telling line",
    }


def test_the_failure_comes_first_with_what_to_do_next(
    environment: Environment, alice: User
) -> None:
    columns = failure("disk_full", path="/srv")
    failed = make_deployment(environment, by=alice, **columns)
    text = read(signed_in(alice), url_of(failed)).text
    advice = diagnosis.CATALOGUE["disk_full"].advice
    order = [columns["error_message"], advice, "the telling line", "disk_full", "Steps"]
    places = [text.index(part) for part in order]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("serving", "sentence"),
    [
        ("old", "The version before was put back and answers. Asked"),
        ("none", "Nothing answered when this ended. Asked"),
        ("unknown", "whether it answers is not known. Asked"),
    ],
)
def test_a_failure_says_who_was_seen_to_answer_after_it(
    environment: Environment, alice: User, serving: str, sentence: str
) -> None:
    failed = make_deployment(
        environment, by=alice, serving=serving, serving_since=timezone.now()
    )
    assert sentence in read(signed_in(alice), url_of(failed)).text


def test_where_nobody_looked_the_page_claims_nothing(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    assert "Asked" not in read(signed_in(alice), url_of(failed)).text


def test_the_recommended_verb_is_the_primary_button(
    environment: Environment, alice: User
) -> None:
    outside = make_deployment(environment, by=alice, **failure("disk_full"))
    in_code = make_deployment(
        environment, by=alice, error_class="code", advised_verb="redeploy"
    )
    client = signed_in(alice)
    assert "same server. Recommended." in read(client, url_of(outside)).text
    assert "today's configuration. Recommended." in read(client, url_of(in_code)).text


@pytest.mark.parametrize(
    ("status", "verbs"),
    [
        (Status.PENDING, {"Cancel"}),
        (Status.RUNNING, {"Cancel"}),
        (Status.FAILED, {"Retry", "Redeploy"}),
        (Status.SUCCESS, {"Redeploy"}),
        (Status.CANCELLED, {"Redeploy"}),
    ],
)
def test_each_status_offers_what_fits_it(
    environment: Environment, alice: User, status: Status, verbs: set[str]
) -> None:
    deployment = make_deployment(environment, by=alice, status=status)
    page = read(signed_in(alice), url_of(deployment))
    assert {"Retry", "Redeploy", "Roll back", "Cancel"} & set(page.links) == verbs


def test_what_is_not_possible_now_says_why(
    environment: Environment, alice: User, bob: User
) -> None:
    failed = make_deployment(environment, by=alice)
    page = read(signed_in(bob), url_of(failed))
    assert page.disabled_buttons == ["Retry", "Redeploy", "Roll back"]
    assert page.text.count("You don't have permission to deploy") == 3
    page = read(signed_in(alice), url_of(failed))
    assert page.disabled_buttons == ["Roll back"]
    assert "Nothing to leave: v1 never went live." in page.text
    live = make_deployment(environment, by=alice, status=Status.SUCCESS)
    page = read(signed_in(alice), url_of(live))
    assert page.disabled_buttons == ["Roll back"]
    assert "There is no earlier success" in page.text


def test_the_chain_of_attempts_is_shown(environment: Environment, alice: User) -> None:
    first = make_deployment(environment, by=alice)
    second = make_deployment(environment, by=alice, retry_of=first)
    page = read(signed_in(alice), url_of(second))
    assert "attempt 2 of v1" in page.text
    assert page.links["v1"] == url_of(first)
    assert "attempt 1, alice" in page.text


def test_steps_show_their_state_and_what_did_not_run(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice, step="connect")
    for step, state in [("resolve", "success"), ("connect", "failed")]:
        events.append(failed.pk, [events.step_change(step, "running")])
        events.append(failed.pk, [events.step_change(step, state)])
    text = read(signed_in(alice), url_of(failed)).text
    assert "Find the commit success" in text
    assert "Connect to the server failed" in text
    assert "Build skipped not run" in text
    assert "11 %" in text


def test_steps_show_when_they_began_and_how_long_they_took(
    environment: Environment, alice: User
) -> None:
    created = timezone.now() - timedelta(minutes=10)
    running = make_deployment(
        environment,
        by=alice,
        status=Status.RUNNING,
        created_at=created,
        started_at=created + timedelta(seconds=3),
    )
    for number, (step, state) in enumerate(
        [("resolve", "running"), ("resolve", "success"), ("connect", "running")]
    ):
        moment = created + timedelta(seconds=3 + 65 * number)
        running.events.create(
            seq=number + 1, kind="step", step=step, state=state, created_at=moment
        )
    text = read(signed_in(alice), url_of(running)).text
    began = f"{created + timedelta(seconds=3):%H:%M:%S}"
    assert f"Find the commit success started at {began} 1 min 5 s" in text
    assert "Connect to the server running started at" in text
    assert f"{created + timedelta(seconds=133):%H:%M:%S} 7 min 4" in text
    assert "running for 9 min 5" in text
    assert "Waited 3.0 s" in text


def test_a_pending_one_says_what_it_waits_for(
    environment: Environment, alice: User
) -> None:
    pending = make_deployment(environment, by=alice, status=Status.PENDING)
    text = read(signed_in(alice), url_of(pending)).text
    assert "Waiting for" in text
    assert "No worker has been seen for 15 seconds." in text


def test_output_is_text_as_a_terminal_would_show_it(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    output = (
        "\x1b[31mred\x1b[0m\r\n10%\r100%\n</pre><script>alert(1)</script>\u202eevil"
    )
    events.append(failed.pk, [events.output("build", output)])
    page = read(signed_in(alice), url_of(failed))
    assert "red 100% </pre><script>alert(1)</script>\ufffdevil" in page.text
    assert "<script>alert" not in page.html


def log_of(client: Client, deployment: Deployment) -> str:
    page = read(client, url_of(deployment)).html
    return page.partition('<div class="log"')[2].partition("</div>")[0]


def test_colours_are_classes_and_everything_else_is_inert(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    output = (
        "\x1b]0;title\x1b\\\x1b[1;31mred <b>\x1b[0m\x1b[2J"
        "\x1b]8;;https://evil.example\x1b\\link\x1b]8;;\x1b\\\n"
    )
    events.append(failed.pk, [events.output("build", output)])
    events.append(failed.pk, [events.note("build", "\x1b[31mNoted.")])
    log = log_of(signed_in(alice), failed)
    assert '<span class="sgr-1 sgr-31">red &lt;b&gt;</span>link\n' in log
    assert '<p class="log-note">Noted.</p>' in log
    assert ";title" not in log
    assert "evil.example" not in log
    assert "\x1b" not in log
    assert "style=" not in log


def test_an_empty_log_says_so_until_something_is_printed(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    client = signed_in(alice)
    assert '<p class="empty" id="log-empty">' in read(client, url_of(failed)).html
    events.append(failed.pk, [events.output("build", "x")])
    hidden = '<p class="empty" id="log-empty" hidden>'
    assert hidden in read(client, url_of(failed)).html


def test_lines_and_colours_do_not_end_with_a_chunk(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    chunks = ["first ha", "lf\n\x1b[3", "2mgreen\nstill ", "green\n"]
    events.append(failed.pk, [events.output("build", chunk) for chunk in chunks])
    log = log_of(signed_in(alice), failed)
    assert log.count("<pre") == 1
    assert (
        "first half\n"
        '<span class="sgr-32">green</span>\n<span class="sgr-32">still green</span>\n'
    ) in log


def test_a_note_waits_for_the_end_of_its_line_and_a_step_ends_the_colours(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    drafts = [
        events.output("build", "\x1b[31mhalf"),
        events.note("", "dora asked to cancel."),
        events.output("build", "red\n\x1b["),
        events.output("release", "plain"),
    ]
    events.append(failed.pk, drafts)
    log = log_of(signed_in(alice), failed)
    places = [
        *('<p class="log-step">build</p>', '<span class="sgr-31">halfred</span>\n'),
        "dora asked to cancel.",
        *('<p class="log-step">release</p>', "\nplain\n"),
    ]
    assert [log.count(place) for place in places] == [1] * len(places)
    assert sorted(places, key=log.index) == places


def test_a_page_of_a_running_deployment_says_where_its_log_goes_on(
    environment: Environment, alice: User
) -> None:
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    output = "done\n\x1b[32m10 %\r20 %\x1b["
    events.append(running.pk, [events.output("build", output)])
    log = log_of(signed_in(alice), running)
    unfinished = '<span class="log-unfinished"><span class="sgr-32">20 %</span></span>'
    assert f"done\n{unfinished}</pre>" in log
    assert 'data-step="build"' in log
    state = html.unescape(log.partition('data-terminal="')[2].partition('"')[0])
    terminal = Terminal()
    terminal.feed(json.loads(state))
    assert terminal.feed("31m!\n") == [[((32,), "20 %"), ((31,), "!")]]


def test_a_log_of_many_colours_stays_small_and_quick(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    chunk = "\x1b[31mx\x1b[1mx\x1b[m\n" * 3_000
    events.append(failed.pk, [events.output("build", chunk)] * 40)
    begun = time.process_time()
    page = read(signed_in(alice), url_of(failed))
    assert time.process_time() - begun < 5
    assert len(page.html) < 2_000_000


def test_what_people_wrote_is_text_on_every_page(
    environment: Environment, alice: User
) -> None:
    hostile = '"><img src=x onerror=alert(1)>'
    failed = make_deployment(
        environment,
        by=alice,
        release=make_release(environment, git_message=hostile),
        reason=hostile,
        error_message=hostile,
        error_evidence=hostile,
    )
    client = signed_in(alice)
    for url in ("/", f"/environments/{environment.pk}", url_of(failed)):
        assert "<img" not in read(client, url).html
    assert "<img" not in read(client, f"{url_of(failed)}/retry").html


def test_a_huge_log_shows_its_end_and_says_so(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice)
    chunk = "x" * 50_000
    drafts = [events.output("build", f"chunk {n}\n{chunk}\n") for n in range(9)]
    events.append(failed.pk, drafts)
    page = read(signed_in(alice), url_of(failed))
    assert "chunk 8" in page.text
    assert "chunk 0" not in page.text
    assert len(page.html) < MAX_CHARACTERS + 60_000
    notice = page.html.partition('id="log-cut"')[2].partition(">")[0]
    assert "hidden" not in notice
    assert page.links["Download log"] == f"/api/v1/deployments/{failed.pk}/log"


def test_the_changing_part_is_served_alone_to_those_who_see_it(
    environment: Environment, alice: User, charlie: User
) -> None:
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    part = read(signed_in(alice), f"{url_of(running)}/live")
    assert 'data-state="running"' in part.html
    assert "<html" not in part.html
    assert signed_in(charlie).get(f"{url_of(running)}/live").status_code == 404


def test_a_stranger_and_a_wrong_number_get_the_same_page(
    environment: Environment, alice: User, charlie: User
) -> None:
    deployment = make_deployment(environment, by=alice)
    client = signed_in(charlie)
    absent = "/deployments/00000000-0000-4000-8000-000000000000"
    hidden = read(client, url_of(deployment), status=404)
    assert hidden.text == read(client, absent, status=404).text


@pytest.mark.parametrize("status", list(Status))
def test_longer_histories_take_no_more_queries(
    environment: Environment, alice: User, status: Status
) -> None:
    client = signed_in(alice)
    first = make_deployment(environment, by=alice)
    deployment = make_deployment(environment, by=alice, status=status, retry_of=first)
    events.append(deployment.pk, [events.output("build", "x")])
    queries = queries_of(client, url_of(deployment))
    for number in range(20):
        events.append(
            deployment.pk,
            [events.step_change("build", "running"), events.output("build", "x")],
        )
        if number < 3:
            make_deployment(environment, by=alice, retry_of=first, attempt=number + 3)
    assert queries_of(client, url_of(deployment)) == queries


def test_only_an_administrator_finishes_a_cancel_by_force(
    environment: Environment, alice: User, dora: User
) -> None:
    running = make_deployment(environment, by=alice, status=Status.RUNNING)
    Deployment.objects.filter(pk=running.pk).update(
        cancel_requested_at=running.created_at, cancel_requested_by=alice
    )
    page = read(signed_in(alice), url_of(running))
    assert "Cancelling…" in page.text
    assert "Finish by force" not in page.links
    assert "Finish by force" in read(signed_in(dora), url_of(running)).links
