"""The benchmarks run and say something; how fast anything is, no test asks."""

import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import bench, deploy, figures, logs, machine, retry
from benchmarks.bench import Bench
from tests.deployments.sshd import SSHD
from tests.faults.console import FaultConsole

pytestmark = pytest.mark.skipif(
    SSHD is None or shutil.which("ssh") is None, reason="OpenSSH is not installed"
)


@pytest.fixture
def shared(transactional_db: None) -> Iterator[Bench]:
    with bench.started() as shared:
        yield shared


@pytest.fixture
def console(tmp_path: Path) -> Iterator[FaultConsole]:
    with ExitStack() as stack:
        console = FaultConsole(tmp_path, stack)
        try:
            yield console
        finally:
            console.end()


def rows(table: str) -> dict[str, list[str]]:
    """The cells of each line of Markdown tables, by the first one."""
    lines = [line.strip("| ").split(" | ") for line in table.splitlines() if line]
    return {first: rest for first, *rest in lines}


def test_the_benchmark_of_deploying_compares_four_ways(shared: Bench) -> None:
    figures = rows(deploy.measure(shared, rounds=1))
    assert figures[deploy.DEFAULT][1] == figures[deploy.YARDSTICK][2] == "1"
    assert {deploy.PIPELINE, deploy.RUNNER, "resolve", "finish"} <= figures.keys()


def test_the_benchmark_of_retrying_times_every_part(
    shared: Bench, console: FaultConsole
) -> None:
    figures = rows(retry.measure(shared, 1, console, build_seconds=0))
    assert {retry.POST, retry.CLAIMED, retry.STORED, retry.YARDSTICK} <= figures.keys()


def test_the_benchmark_of_logs_compares_three_ways(shared: Bench) -> None:
    table = logs.measure(shared, rounds=1, sizes=[1000])
    for way in (logs.NULL, logs.FILE, logs.STORED):
        assert f"| 1,000 | {way} |" in table


def test_the_figures_replace_those_of_the_page_and_nothing_else() -> None:
    page = f"Before.\n\n{command.BEGIN}\nold\n{command.END}\n\nAfter.\n"
    text = command.embedded(page, "new")
    assert text == f"Before.\n\n{command.BEGIN}\n\nnew\n\n{command.END}\n\nAfter.\n"
    assert command.embedded(text, "new") == text


def test_the_page_has_the_marks_between_which_the_figures_go() -> None:
    page = command.PAGE.read_text()
    assert page.count(command.BEGIN) == page.count(command.END) == 1


def test_the_description_of_the_machine_names_the_versions() -> None:
    assert "Django" in machine.description()


def test_a_spread_is_the_median_between_the_extremes() -> None:
    assert figures.spread([3, 1, 2000], digits=1) == "3.0 (1.0–2,000.0)"
    assert figures.ratio([2.0, 3.0], [1.0, 1.0]) == "2.50 (2.00–3.00)"
    assert figures.percentiles([float(n) for n in range(101)]) == ("50", "95")
