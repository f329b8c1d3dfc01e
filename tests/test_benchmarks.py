"""The benchmarks run and say something; how fast anything is, no test asks."""

import re
import shutil
from collections.abc import Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest

from benchmarks import __main__ as command
from benchmarks import bench, deploy, earlier, figures, logs, machine, requests, retry
from benchmarks.bench import Bench
from benchmarks.database import Statements, statements_in
from tests import backends
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


@pytest.mark.release
def test_the_benchmark_of_deploying_compares_four_ways(shared: Bench) -> None:
    figures = rows(deploy.measure(shared, rounds=1))
    assert figures[deploy.DEFAULT][1] == figures[deploy.YARDSTICK][2] == "1"
    assert {deploy.PIPELINE, deploy.RUNNER, "resolve", "finish"} <= figures.keys()


@pytest.mark.release
def test_the_benchmark_of_retrying_times_every_part(
    shared: Bench, console: FaultConsole
) -> None:
    figures = rows(retry.measure(shared, 1, console, build_seconds=0))
    assert {retry.POST, retry.CLAIMED, retry.STORED, retry.YARDSTICK} <= figures.keys()


@pytest.mark.release
def test_the_benchmark_of_logs_compares_three_ways(shared: Bench) -> None:
    table = logs.measure(shared, rounds=1, sizes=[1000])
    for way in (logs.NULL, logs.FILE, logs.STORED):
        assert f"| 1,000 | {way} |" in table


@pytest.mark.release
def test_the_benchmark_of_requests_asks_two_trees_the_same() -> None:
    backend = "sqlite" if backends.missing("postgres") else "postgres"
    trees = {"before": earlier.ROOT, "now": earlier.ROOT}
    measured = rows(requests.measure(backend, 1, trees))
    retries, reads = (
        [measured[f"{request}, {tree}"] for tree in trees]
        for request in requests.REQUESTS
    )
    assert [cells[3] == figures.YARDSTICK for cells in retries] == [True, False]
    # The same code needs the same statements, and a verb more than a look.
    assert retries[0][-1] == retries[1][-1]
    assert reads[0][-1] == reads[1][-1]
    assert backend == "sqlite" or retries[0][-1] != reads[0][-1]


def test_the_earlier_code_is_there_while_it_is_measured(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    # A shallow clone has no other commit.
    monkeypatch.setattr(earlier, "COMMIT", "HEAD")
    with earlier.tree() as tree:
        assert (tree / "manage.py").is_file()
    assert not tree.exists()


def test_a_clone_without_the_earlier_commit_says_so(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(earlier, "COMMIT", "0" * 40)
    assert requests.compared("sqlite", rounds=1).startswith("Requests: not measured")


def test_statements_are_counted_in_the_log_of_postgresql() -> None:
    log = """\
2026-11-27 10:00:00.000 UTC [7] LOG:  statement:
2026-11-27 10:00:00.000 UTC [7] LOG:  statement: BEGIN
2026-11-27 10:00:00.000 UTC [7] LOG:  statement: SELECT 'LOG:  a',
\t  2
2026-11-27 10:00:00.000 UTC [7] LOG:  execute <unnamed>:
\t  UPDATE a SET b = $1
2026-11-27 10:00:00.000 UTC [7] DETAIL:  parameters: $1 = '7'
2026-11-27 10:00:00.000 UTC [7] LOG:  execute _pg3_0: select 3
2026-11-27 10:00:00.000 UTC [7] LOG:  statement: COMMIT
"""
    assert statements_in(log) == Statements(others=3, transaction=2)


def test_the_figures_replace_those_of_the_page_and_nothing_else() -> None:
    page = f"Before.\n\n{command.BEGIN}\nold\n{command.END}\n\nAfter.\n"
    text = command.embedded(page, "new")
    assert text == f"Before.\n\n{command.BEGIN}\n\nnew\n\n{command.END}\n\nAfter.\n"
    assert command.embedded(text, "new") == text


def test_the_page_has_the_marks_between_which_the_figures_go() -> None:
    page = command.PAGE.read_text()
    assert page.count(command.BEGIN) == page.count(command.END) == 1


def test_the_description_of_the_machine_names_the_versions_and_its_speed() -> None:
    description = machine.description()
    assert "Django" in description
    assert re.search(r"Yardstick: [1-9]\d* ms to sum 3,000,000 numbers", description)


def test_a_spread_is_the_median_between_the_extremes() -> None:
    assert figures.spread([3, 1, 2000], digits=1) == "3.0 (1.0–2,000.0)"
    assert figures.ratio([2.0, 3.0], [1.0, 1.0]) == "2.50 (2.00–3.00)"
    assert figures.percentiles([float(n) for n in range(101)]) == ("50", "95")
