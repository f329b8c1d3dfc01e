"""F38–F40: somebody cancels, in every state, at every moment."""

import random
import time
from collections.abc import Callable
from typing import Any

import pytest

from deployments import services
from deployments.engine.remains import REMOTE_STATE_UNKNOWN
from deployments.exceptions import NotActive
from deployments.models import Deployment, Event, Status
from projects.models import AuditEntry, Organization, OrganizationRole, User
from projects.services import set_member
from tests import factories
from tests.faults.console import LEASE_SECONDS, FaultConsole
from tests.faults.proxy import Proxy
from tests.faults.runs import Runs
from tests.faults.site import Site, assert_ended_once, ended, outcome
from tests.faults.test_target import is_running
from tests.processes import wait_until
from tests.races import at_once

pytestmark = pytest.mark.both_back_ends

#: Five times twenty rounds on each of two back ends; the first twenty of them are part
#: of every run, the others of a release.
LATER = (pytest.mark.fault, pytest.mark.release)
PARTS = [0, *(pytest.param(part, marks=LATER) for part in range(1, 5))]
ROUNDS = 20
LAST_STEPS = ("build", "release", "activate", "check", "finish")


@pytest.mark.parametrize("part", PARTS)
def test_f38_a_cancel_that_races_with_success_agrees_with_what_is_live(
    runs: Runs, site: Site, settings: Any, part: int
) -> None:
    """It comes at any moment of the last steps."""
    settings.HEARTBEAT_SECONDS = 0.05
    # A busy machine must not lose the lease: that ends with "remote state unknown".
    settings.LEASE_SECONDS = 60
    # Long enough for a cancel to come in time for some, too late for others.
    site.change(build_command="sleep 0.15", health_check_command="sleep 0.15")
    site.open_gate()
    chance = random.Random(part)  # noqa: S311 - a game of chance
    outcomes = []
    for _ in range(ROUNDS):
        before = site.live_version
        deployment = runs.start(site.deploy())
        _wait_for_step(deployment, chance.choice(LAST_STEPS))
        time.sleep(chance.uniform(0, 0.08))
        late = _cancel(site, deployment)
        last = runs.ended(deployment)

        outcomes.append(last.status)
        assert late in (None, last.status), "a late cancel is told how it ended"
        expected = {"success": last.version, "cancelled": before}
        assert site.live_version == expected[last.status]
        assert_ended_once(last)
    assert set(outcomes) == {"success", "cancelled"}, "the race was a race"


def _wait_for_step(deployment: Deployment, name: str) -> None:
    """Until this step begins; looks more often than ``wait_until``."""
    begun = Event.objects.filter(deployment=deployment, kind="step", step=name)
    deadline = time.monotonic() + 30
    while not begun.exists():
        assert time.monotonic() < deadline, f"the step {name} does not begin"
        time.sleep(0.002)


def _cancel(site: Site, deployment: Deployment) -> str | None:
    """The final status that a late cancel was told; None if it was not late."""
    fresh = Deployment.objects.with_details().get(pk=deployment.pk)
    try:
        site.cancel(fresh)
    except NotActive as refusal:
        return str(refusal.extra["deployment_status"])
    return None


def test_f39_a_waiting_deployment_is_cancelled_at_once(
    transactional_db: None, site: Site
) -> None:
    cancelled = site.cancel(site.deploy())
    assert outcome(cancelled) == ("cancelled", "")
    assert_ended_once(cancelled)


@pytest.mark.fault
def test_f39_a_cancel_while_connecting_is_obeyed_within_15_seconds(
    runs: Runs, make: Callable[..., Site], mute: int
) -> None:
    site = make(port=mute)
    deployment = runs.start(site.deploy())
    wait_until(lambda: Deployment.objects.get(pk=deployment.pk).step == "connect")

    site.cancel(deployment)

    assert outcome(runs.ended(deployment, seconds=15)) == ("cancelled", "")


@pytest.mark.fault
def test_f39_a_cancel_in_a_hung_step_ends_its_whole_family_within_15_seconds(
    runs: Runs, site: Site
) -> None:
    note = site.folder / "family"
    hang = f"trap '' TERM; sleep 100000 & echo $! $$ > {note}; wait; sleep 100000"
    site.change(build_command=hang)
    deployment = runs.start(site.deploy())
    wait_until(lambda: note.exists() and note.read_text(), what="it hangs")

    site.cancel(deployment)

    # Fifteen seconds on a quiet machine.
    last = runs.ended(deployment, seconds=75)
    assert outcome(last) == ("cancelled", "")
    assert not any(map(is_running, note.read_text().split()))
    assert REMOTE_STATE_UNKNOWN not in last_words(last)


@pytest.mark.fault
def test_f39_a_cancel_that_cannot_reach_the_server_says_so_within_45_seconds(
    runs: Runs, make: Callable[..., Site], proxy: Proxy
) -> None:
    site = make(port=proxy.port)
    deployment = runs.start(site.deploy())
    site.wait_for_work(deployment)

    proxy.swallow()
    site.cancel(deployment)

    last = runs.ended(deployment, seconds=45)
    assert outcome(last) == ("cancelled", "")
    assert REMOTE_STATE_UNKNOWN in last_words(last)
    assert_ended_once(last)


@pytest.mark.fault
def test_f39_a_cancel_whose_worker_is_dead_is_carried_out_by_the_dispatcher(
    console: FaultConsole, site: Site
) -> None:
    worker, _ = console.crew()
    deployment = site.start()

    worker.kill()
    site.cancel(deployment)

    last = ended(deployment, seconds=LEASE_SECONDS + 6)
    assert outcome(last) == ("cancelled", "")
    assert REMOTE_STATE_UNKNOWN in last_words(last)
    assert_ended_once(last)


@pytest.mark.fault
def test_f39_what_is_cancelled_on_the_way_to_a_worker_never_starts(
    console: FaultConsole, site: Site
) -> None:
    site.open_gate()
    cancelled = site.cancel(site.deploy())
    console.crew()

    assert outcome(ended(site.deploy())) == ("success", "")
    assert site.begun == [2]
    assert_ended_once(cancelled)


def test_f40_two_people_cancel_at_once_and_it_is_asked_and_noted_once(
    runs: Runs, site: Site, organization: Organization, dora: User
) -> None:
    erin = factories.make_user("erin")
    set_member(organization, user=erin, role=OrganizationRole.MEMBER, by=dora)
    deployment = runs.start(site.deploy())
    site.wait_for_work(deployment)
    people = [dora, erin]

    def cancel(number: int) -> str:
        running = Deployment.objects.with_details().get(pk=deployment.pk)
        return services.cancel(running, by=people[number % 2]).status

    assert at_once(10, cancel) == [Status.RUNNING] * 10

    last = runs.ended(deployment)
    assert outcome(last) == ("cancelled", "")
    entries = AuditEntry.objects.filter(action="deployment.cancel_requested")
    assert entries.count() == 1
    with pytest.raises(NotActive) as late:
        services.cancel(last, by=erin)
    assert late.value.extra["deployment_status"] == "cancelled"
    assert_ended_once(last)


def last_words(deployment: Deployment) -> str:
    newest = Event.objects.filter(deployment=deployment).order_by("-seq").first()
    assert newest is not None
    return newest.text
