"""The supervisor with real processes, driven by real signals."""

import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from oec.supervisor import Child
from tests.sandbox import DEADLINE_SECONDS, eventually

pytestmark = pytest.mark.timeout(60)

SUPERVISE = """
import sys
from oec.supervisor import Child, Supervisor
children = eval(sys.argv[1], {"Child": Child})
Supervisor(children, sys.stdout, float(sys.argv[2])).run()
print("everything ended")
"""
WAITING = ("sh", "-c", "echo $$ >> pid; exec sleep 600")
STUBBORN = ("sh", "-c", "trap '' TERM; echo $$ > pid; while :; do sleep 0.05; done")


class Supervised:
    """A supervisor in a process of its own, working in ``directory``."""

    def __init__(self, directory: Path, children: list[Child], grace: float) -> None:
        self.directory = directory
        self.log = directory / "log"
        with self.log.open("wb") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-c", SUPERVISE, repr(children), str(grace)],
                cwd=directory,
                env={**os.environ, "PYTHONPATH": str(Path(__file__).parent.parent)},
                stdout=log,
                stderr=subprocess.STDOUT,
            )

    def pids(self, name: str = "pid") -> list[int]:
        """What a child's script wrote down, one process id for each of its lives."""
        path = self.directory / name
        return [int(pid) for pid in path.read_text().split()] if path.exists() else []

    def says(self, line: str) -> bool:
        return line in self.log.read_text()

    def stop(self, number: signal.Signals = signal.SIGTERM) -> int:
        self.process.send_signal(number)
        return self.process.wait(DEADLINE_SECONDS)


Supervise = Callable[..., Supervised]


@pytest.fixture
def supervise(tmp_path: Path) -> Iterator[Supervise]:
    started: list[Supervised] = []

    def start(*children: Child, grace: float = DEADLINE_SECONDS) -> Supervised:
        started.append(Supervised(tmp_path, list(children), grace))
        return started[-1]

    yield start
    for supervised in started:
        if supervised.process.poll() is None:
            supervised.stop()


def is_alive(pid: int) -> bool:
    stat = Path(f"/proc/{pid}/stat")
    return stat.exists() and stat.read_text().rpartition(")")[2].split()[0] != "Z"


def test_lines_carry_the_name_of_their_process(supervise: Supervise) -> None:
    supervised = supervise(
        Child("web", ("sh", "-c", "echo hello; echo oops >&2; sleep 600")),
        Child("worker", ("sh", "-c", "printf 'no newline'")),
    )
    assert eventually(lambda: supervised.says("web    | hello\n"))
    assert eventually(lambda: supervised.says("web    | oops\n"))
    assert eventually(lambda: supervised.says("worker | no newline\n"))


def test_bytes_that_are_no_text_do_not_stop_the_output(supervise: Supervise) -> None:
    script = r"printf '\377\376\n'; echo after; sleep 600"
    supervised = supervise(Child("web", ("sh", "-c", script)))
    assert eventually(lambda: supervised.says("web | after\n"))


def test_variables_of_a_child_are_added_to_the_environment(
    supervise: Supervise,
) -> None:
    script = "echo $COLOUR $HOME; sleep 600"
    supervised = supervise(
        Child("web", ("sh", "-c", script), environment={"COLOUR": "blue"})
    )
    assert eventually(lambda: supervised.says(f"blue {os.environ['HOME']}"))


def test_a_child_that_dies_is_started_again(supervise: Supervise) -> None:
    supervised = supervise(Child("web", WAITING))
    assert eventually(lambda: len(supervised.pids()) == 1)
    os.kill(supervised.pids()[0], signal.SIGKILL)
    assert eventually(lambda: len(supervised.pids()) == 2)
    assert supervised.says("web | ended by SIGKILL\n")


def test_a_child_that_keeps_dying_waits_longer_each_time(
    supervise: Supervise,
) -> None:
    script = "import time; open('times', 'a').write(f'{time.monotonic()}\\n')"
    supervised = supervise(Child("web", (sys.executable, "-c", script)))
    times = supervised.directory / "times"
    assert eventually(lambda: times.exists() and len(times.read_text().split()) == 3)
    first, second, third = map(float, times.read_text().split())
    assert second - first > 0.5
    assert third - second > 1.0


def test_what_a_dead_child_leaves_behind_is_ended(supervise: Supervise) -> None:
    script = "sleep 600 & echo $! > left; exit 1"
    supervised = supervise(Child("web", ("sh", "-c", script)))
    assert eventually(lambda: len(supervised.pids("left")) == 1)
    left = supervised.pids("left")[0]
    assert eventually(lambda: not is_alive(left))


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT, signal.SIGHUP])
def test_a_signal_ends_all_children(
    supervise: Supervise, number: signal.Signals
) -> None:
    supervised = supervise(Child("web", WAITING), Child("worker", WAITING))
    assert eventually(lambda: len(supervised.pids()) == 2)
    assert supervised.stop(number) == 0
    assert not any(is_alive(pid) for pid in supervised.pids())
    assert supervised.says("everything ended")


def test_a_child_that_ignores_the_polite_signal_is_killed_after_the_grace(
    supervise: Supervise,
) -> None:
    supervised = supervise(Child("web", STUBBORN), grace=0.5)
    assert eventually(lambda: len(supervised.pids()) == 1)
    assert supervised.stop() == 0
    assert supervised.says("web | ended by SIGKILL")


def test_a_second_signal_does_not_wait_for_the_grace(supervise: Supervise) -> None:
    supervised = supervise(Child("web", STUBBORN), grace=600)
    assert eventually(lambda: len(supervised.pids()) == 1)
    supervised.process.send_signal(signal.SIGINT)
    assert eventually(lambda: supervised.says("stopping"))
    assert supervised.stop(signal.SIGINT) == 0


def test_the_last_child_lives_until_the_others_have_ended(
    supervise: Supervise,
) -> None:
    """The first waits for the sandbox's word, as a run does that has to clean up."""
    worker = (
        "trap 'ls sandbox-ended 2>/dev/null || echo still there; exit' TERM;"
        " echo ready; while :; do sleep 0.05; done"
    )
    sandbox = "trap 'touch sandbox-ended; exit' TERM; while :; do sleep 0.05; done"
    supervised = supervise(
        Child("sandbox", ("sh", "-c", sandbox), stop_last=True),
        Child("worker", ("sh", "-c", worker)),
    )
    assert eventually(lambda: supervised.says("worker  | ready"))
    supervised.stop()
    assert supervised.says("worker  | still there")


@pytest.mark.skipif(sys.platform != "linux", reason="needs PR_SET_PDEATHSIG")
def test_children_end_when_the_supervisor_is_killed(supervise: Supervise) -> None:
    supervised = supervise(Child("web", WAITING), Child("worker", WAITING))
    assert eventually(lambda: len(supervised.pids()) == 2)
    supervised.stop(signal.SIGKILL)
    assert eventually(lambda: not any(map(is_alive, supervised.pids())))
