"""The page of one deployment."""

from typing import Any

import pytest

from deployments import diagnosis, events
from deployments.models import Deployment, Status
from deployments.views.log import MAX_CHARACTERS
from projects.models import Environment, User
from tests.factories import make_deployment, make_release
from tests.pages import queries_of, read, signed_in


def url_of(deployment: Deployment) -> str:
    return f"/deployments/{deployment.pk}"


def failure(code: str, **facts: Any) -> dict[str, str]:
    found = diagnosis.failure(code, **facts)
    return {
        "error_code": found.code,
        "error_message": found.message,
        "error_class": found.failure_class,
        "advised_verb": found.verb,
        "error_evidence": "the telling line",
    }


def test_the_failure_comes_first_with_what_to_do_next(
    environment: Environment, alice: User
) -> None:
    told = failure("disk_full", path="/srv")
    failed = make_deployment(environment, by=alice, **told)
    text = read(signed_in(alice), url_of(failed)).text
    advice = diagnosis.CATALOGUE["disk_full"].advice
    order = [told["error_message"], advice, "the telling line", "disk_full", "Steps"]
    places = [text.index(one) for one in order]
    assert places == sorted(places)


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


def test_a_failure_of_the_configuration_leads_to_the_settings(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(
        environment,
        by=alice,
        error_class="configuration",
        advised_verb="fix_configuration",
    )
    links = read(signed_in(alice), url_of(failed)).links
    assert links["Fix the configuration"] == f"/environments/{environment.pk}/settings"


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
    assert page.links["Download"] == f"/api/v1/deployments/{failed.pk}/log"


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
    one = queries_of(client, url_of(deployment))
    for number in range(20):
        events.append(
            deployment.pk,
            [events.step_change("build", "running"), events.output("build", "x")],
        )
        if number < 3:
            make_deployment(environment, by=alice, retry_of=first, attempt=number + 3)
    assert queries_of(client, url_of(deployment)) == one


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
