"""F5: a commit whose answer never came; it may have happened, or not."""

import threading

import pytest
from django.db import OperationalError
from django.db.backends.base.base import BaseDatabaseWrapper

from deployments.models import Event
from tests.faults.runs import Runs
from tests.faults.site import Site, assert_ended_once, log_of, outcome

pytestmark = pytest.mark.both_back_ends

COUNT = "for i in $(seq 1 10); do echo line $i; sleep 0.4; done"
COUNTED = "".join(f"line {number}\n" for number in range(1, 11))


@pytest.mark.parametrize("had_happened", [True, False])
def test_f05_a_commit_without_an_answer_is_neither_lost_nor_done_twice(
    runs: Runs, site: Site, monkeypatch: pytest.MonkeyPatch, *, had_happened: bool
) -> None:
    site.change(build_command=COUNT)
    waiting = site.deploy()
    _cut_every_third_commit(monkeypatch, had_happened=had_happened)

    last = runs.ended(runs.start(waiting), seconds=60)

    assert outcome(last) == ("success", "")
    assert log_of(last).endswith(COUNTED)
    steps = Event.objects.filter(deployment=last, kind="step")
    assert steps.count() == steps.values("step", "state").distinct().count() == 18
    assert_ended_once(last)


def _cut_every_third_commit(
    monkeypatch: pytest.MonkeyPatch, *, had_happened: bool
) -> None:
    """Of the run's threads; the first one, its claim, is answered."""
    original = BaseDatabaseWrapper.commit
    test = threading.current_thread()
    commits: list[str] = []

    def commit(connection: BaseDatabaseWrapper) -> None:
        if threading.current_thread() is not test:
            commits.append(connection.alias)
        is_cut = len(commits) % 3 == 2 and threading.current_thread() is not test
        if had_happened or not is_cut:
            original(connection)
        if is_cut:
            raise OperationalError("server closed the connection unexpectedly")

    monkeypatch.setattr(BaseDatabaseWrapper, "commit", commit)
