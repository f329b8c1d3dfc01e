"""F41: the worker's clock is wrong, or jumps."""

from datetime import timedelta
from pathlib import Path

import pytest
from django.utils import timezone

from deployments.models import Event
from tests.faults.console import LEASE_SECONDS, FaultConsole
from tests.faults.site import Site, assert_ended_once, ended, outcome
from tests.processes import wait_until

LIBRARIES = sorted(Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))


def another_time(shift: str) -> dict[str, str]:
    """Variables of a process that lives this much earlier or later.

    The monotonic clock stays: no machine can set that one.
    """
    return {
        "LD_PRELOAD": str(LIBRARIES[0]),
        "FAKETIME": shift,
        "FAKETIME_DONT_FAKE_MONOTONIC": "1",
        "DONT_FAKE_MONOTONIC": "1",
    }


@pytest.mark.skipif(not LIBRARIES, reason="faketime is not installed")
@pytest.mark.back_end("postgres")
@pytest.mark.fault
@pytest.mark.parametrize(
    "shift", ["-1h", pytest.param("+1h", marks=pytest.mark.release)]
)
def test_f41_a_worker_whose_clock_is_an_hour_off_is_neither_lost_nor_immortal(
    console: FaultConsole, site: Site, shift: str
) -> None:
    console.dispatcher()
    worker = console.worker(**another_time(shift))
    begun = timezone.now()
    deployment = site.start()

    def has_worked_for_longer_than_a_lease() -> bool:
        moments = site.times()[deployment.version]
        return moments[-1] - moments[0] > LEASE_SECONDS + 2

    wait_until(has_worked_for_longer_than_a_lease, seconds=LEASE_SECONDS + 20)
    site.open_gate()
    last = ended(deployment, seconds=30)
    assert outcome(last) == ("success", ""), "it was not taken for lost"
    assert last.duration_seconds is not None
    assert LEASE_SECONDS < last.duration_seconds < 60
    for event in Event.objects.filter(deployment=last):
        assert abs(event.created_at - begun) < timedelta(minutes=5)

    site.close_gate()
    lost = site.start()
    worker.kill()
    lost = ended(lost, seconds=LEASE_SECONDS + 6)
    assert outcome(lost) == ("failed", "worker_lost")
    assert_ended_once(lost)
