"""F21, F22, F24–F27: the way to the server is cut, swallowed or guarded by another."""

import threading
from collections.abc import Callable
from functools import partial

import pytest
from django.db.models import QuerySet

from deployments.engine.pipeline import remote
from deployments.engine.ssh import fingerprint, generate_key
from deployments.models import Deployment, Event
from tests.deployments.sshd import Sshd
from tests.faults.proxy import Proxy
from tests.faults.runs import Runs
from tests.faults.site import Site, assert_ended_once, log_of, outcome
from tests.processes import wait_until

COUNT = """
echo "$OEC_VERSION" >> {folder}/begun
echo "$(date +%s.%N) $OEC_VERSION" >> {folder}/times
for i in $(seq 1 40); do echo line $i; sleep 0.05; done
"""
COUNTED = "".join(f"line {number}\n" for number in range(1, 41))


@pytest.mark.parametrize("how", ["session killed", "reset by the network"])
def test_f21_a_step_is_found_again_after_a_cut_and_not_a_line_is_lost(
    runs: Runs, make: Callable[..., Site], sshd: Sshd, proxy: Proxy, how: str
) -> None:
    site = make(port=proxy.port)
    site.change(build_command=COUNT.format(folder=site.folder))
    deployment = runs.start(site.deploy())
    wait_until(lambda: "line 3\n" in log_of(deployment))

    if how == "session killed":
        sshd.cut()
    else:
        proxy.cut()

    last = runs.ended(deployment)
    assert outcome(last) == ("success", "")
    assert log_of(last).endswith(COUNTED)
    assert site.begun == [1]
    assert "Connected again." in notes(last)


@pytest.mark.fault
def test_f21_a_server_that_stays_away_is_never_a_success(
    runs: Runs, site: Site, sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "RECONNECT_SECONDS", 3)
    monkeypatch.setattr(remote, "MOST_RECONNECT_SECONDS", 3)
    deployment = runs.start(site.deploy())
    site.wait_for_work(deployment)

    sshd.stop()
    site.open_gate()

    lost = runs.ended(deployment)
    assert outcome(lost) == ("failed", "connection_lost")
    sshd.start()
    retried = runs.ended(runs.start(site.retry(lost)))
    assert outcome(retried) == ("success", "")
    site.assert_no_overlap()


@pytest.mark.fault
def test_f22_a_black_hole_is_noticed_within_30_seconds_and_survived(
    runs: Runs, make: Callable[..., Site], proxy: Proxy
) -> None:
    site = make(port=proxy.port)
    deployment = runs.start(site.deploy())
    site.wait_for_work(deployment)

    proxy.swallow()
    wait_until(lambda: "was lost" in notes(deployment), seconds=30)
    proxy.release()
    site.open_gate()

    assert outcome(runs.ended(deployment)) == ("success", "")
    assert site.begun == [1]


@pytest.mark.fault
@pytest.mark.release
def test_f22_a_black_hole_without_end_is_a_lost_connection_and_a_retry_cleans_up(
    runs: Runs, make: Callable[..., Site], proxy: Proxy
) -> None:
    site = make(port=proxy.port)
    deployment = runs.start(site.deploy())
    site.wait_for_work(deployment)

    proxy.swallow()
    last = runs.ended(deployment, seconds=120)
    assert outcome(last) == ("failed", "connection_lost")
    proxy.release()

    retried = runs.start(site.retry(last))
    site.wait_for_work(retried)
    site.open_gate()
    assert outcome(runs.ended(retried)) == ("success", "")
    site.assert_no_overlap()


@pytest.mark.fault
def test_f24_a_server_that_says_nothing_is_given_up_without_a_thread_left(
    runs: Runs, make: Callable[..., Site], mute: int
) -> None:
    site = make(port=mute)
    before = threading.active_count()

    last = runs.ended(runs.start(site.deploy()), seconds=25)

    assert outcome(last) == ("failed", "connect_timeout")
    assert last.duration_seconds is not None
    assert last.duration_seconds < 20
    wait_until(lambda: threading.active_count() <= before, what="its threads end")


def test_f25_a_server_that_is_down_and_one_that_refuses_the_key_are_told_apart(
    runs: Runs, site: Site, sshd: Sshd
) -> None:
    authorized = sshd.directory / "authorized_keys"
    accepted = authorized.read_text()
    authorized.write_text(generate_key()[1] + "\n")
    refused = runs.ended(runs.start(site.deploy()))
    assert outcome(refused) == ("failed", "auth_failed")

    sshd.stop()
    down = runs.ended(runs.start(site.retry(refused)))
    assert outcome(down) == ("failed", "connect_refused")

    authorized.write_text(accepted)
    sshd.start()
    site.open_gate()
    assert outcome(runs.ended(runs.start(site.retry(down)))) == ("success", "")


def test_f26_another_host_key_is_refused_with_both_fingerprints(
    runs: Runs, site: Site, sshd: Sshd
) -> None:
    known = sshd.host_key
    sshd.stop()
    host_key = sshd.change_host_key()
    sshd.start()

    last = runs.ended(runs.start(site.deploy()))

    assert outcome(last) == ("failed", "host_key_mismatch")
    assert fingerprint(known) in last.error_message
    assert fingerprint(host_key) in last.error_message
    assert site.begun == []


def test_f27_a_server_whose_key_nobody_accepted_is_not_signed_in_to(
    runs: Runs, make: Callable[..., Site]
) -> None:
    site = make(host_key="")

    last = runs.ended(runs.start(site.deploy()))

    assert outcome(last) == ("failed", "host_key_unknown")
    assert site.begun == []


@pytest.mark.fault
def test_f21_one_cut_at_any_of_twenty_moments_is_survived(
    runs: Runs, make: Callable[..., Site], proxy: Proxy
) -> None:
    site = make(port=proxy.port, build_command="echo working; sleep 0.3")
    for number in range(20):
        deployment = runs.start(site.deploy())
        events = Event.objects.filter(deployment=deployment)
        wait_until(partial(has_more_than, number, events))
        proxy.cut()
        last = runs.ended(deployment)
        assert outcome(last) == ("success", "")
        assert site.live_version == last.version
        assert_ended_once(last)


def has_more_than(number: int, events: QuerySet[Event]) -> bool:
    return events.count() > number


def notes(deployment: Deployment) -> str:
    rows = Event.objects.filter(deployment=deployment, kind="note")
    return "\n".join(rows.values_list("text", flat=True))
