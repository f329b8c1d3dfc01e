"""F29: the console's own disk is full, where mirrors, broker and database lie."""

import os
from collections.abc import Callable
from typing import Any

import pytest

from deployments.models import Deployment
from projects.models import User
from tests.faults.console import Api, FaultConsole
from tests.faults.disk import Disk
from tests.faults.runs import Runs
from tests.faults.site import Site, assert_ended_once, ended, log_of, outcome
from tests.processes import wait_until

pytestmark = [pytest.mark.needs_root, pytest.mark.fault]

FULL = "The console's disk is full."
#: More than what is free in any corner of the database's files.
LINES = 60_000
PRINTING = f"seq -f 'this is line %05g of the output' 1 {LINES}"


def test_f29_a_console_without_space_for_the_commit_fails_and_goes_on_later(
    runs: Runs, site: Site, small_disk: Disk, settings: Any
) -> None:
    settings.MIRRORS_DIR = small_disk.path
    site.open_gate()
    site.repository.commit("Too big", {"big.txt": os.urandom(3_000_000).hex()})

    failed = runs.ended(runs.start(site.deploy()))

    # Whoever reads it must not look for room on the server.
    assert outcome(failed) == ("failed", "console_disk_full")
    assert site.live == ""
    small_disk.grow()
    assert outcome(runs.ended(runs.start(site.retry(failed)))) == ("success", "")


@pytest.mark.back_end("sqlite")
def test_f29_a_console_whose_data_folder_is_full_says_so_and_goes_on_by_itself(
    data_folder: Disk, console: FaultConsole, make: Callable[..., Site], dora: User
) -> None:
    first, second = make(name="First"), make(name="Second")
    first.change(build_command=f"{first.environment.build_command}\n{PRINTING}")
    second.open_gate()
    api = Api(console.web(), dora)
    worker, dispatcher = console.crew(
        OEC_WORKER_CONCURRENCY="1", OEC_LEASE_SECONDS="90"
    )
    running = first.start()
    waiting = second.deploy()

    data_folder.fill()
    first.open_gate()

    wait_until(lambda: FULL in worker.output, what="the worker says so")
    wait_until(lambda: FULL in dispatcher.output, what="the dispatcher says so")
    health = api.health()
    assert health.status == 503
    assert any(FULL.removesuffix(".") in reason for reason in health.body["reasons"])
    assert Deployment.objects.get(pk=running.pk).status == "running"
    assert Deployment.objects.get(pk=waiting.pk).status == "pending"

    data_folder.grow()

    last = ended(running, seconds=60)
    assert outcome(last) == ("success", "")
    printed = [line for line in log_of(last).splitlines() if "of the output" in line]
    assert len(printed) == LINES
    assert outcome(ended(waiting, seconds=30)) == ("success", "")
    for deployment in (running, waiting):
        assert_ended_once(deployment)
    wait_until(lambda: api.health().status == 200, what="the console is ready again")
