"""How long the API takes to answer, beside an earlier commit's code in the same run."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from functools import partial
from pathlib import Path

from benchmarks import earlier, figures
from benchmarks.rounds import in_turn
from benchmarks.web import Web, seeded

REQUESTS: dict[str, Callable[[Web], float]] = {
    "`POST …/retry`": Web.retry,
    "`GET …/deployments/ID`": Web.read,
}
THIS_TREE = "this tree"
WARM_UP = 3


def compared(backend: str, rounds: int) -> str:
    """This tree beside the earlier commit; Markdown."""
    if not earlier.is_here():
        return f"Requests: not measured, commit {earlier.COMMIT} is not in this clone."
    with earlier.tree() as tree:
        trees = {f"commit {earlier.COMMIT[:7]}": tree, THIS_TREE: earlier.ROOT}
        return measure(backend, rounds, trees)


def measure(backend: str, rounds: int, trees: Mapping[str, Path]) -> str:
    """Ask the web process of each tree in turn; the first tree is the yardstick."""
    with ExitStack() as stack:
        webs = {
            name: stack.enter_context(seeded(tree, backend))
            for name, tree in trees.items()
        }
        statements = {name: _statements(web) for name, web in webs.items()}
        for web in webs.values():
            stack.enter_context(web.running())
        milliseconds = _timed(webs, rounds)
    yardstick = next(iter(trees))
    rows = [
        (
            f"{request}, {name}",
            *figures.percentiles(values),
            f"{min(values):.0f}–{max(values):.0f}",
            figures.ratio(values, milliseconds[request, yardstick]),
            statements[name][request],
        )
        for (request, name), values in milliseconds.items()
    ]
    head = ("Request", "p50 ms", "p95 ms", "min–max ms", f"÷ {yardstick}", "statements")
    return figures.table(head, rows)


def _timed(webs: Mapping[str, Web], rounds: int) -> dict[tuple[str, str], list[float]]:
    """Milliseconds of each request to each web process."""
    milliseconds: dict[tuple[str, str], list[float]] = {
        (request, name): [] for request in REQUESTS for name in webs
    }
    for number in range(-WARM_UP, rounds):
        for request, ask in REQUESTS.items():
            for name, web in in_turn([*webs.items()], number):
                seconds = ask(web)
                if number >= 0:
                    milliseconds[request, name].append(seconds * 1000)
    return milliseconds


def _statements(web: Web) -> dict[str, str]:
    """How many each request needs, in a process of its own: logging takes time."""
    if web.database.is_sqlite:
        return dict.fromkeys(REQUESTS, "not counted")
    with web.database.logging(), web.running():
        for ask in [*REQUESTS.values()] * WARM_UP:
            ask(web)
        return {
            request: str(web.database.count(partial(ask, web)))
            for request, ask in REQUESTS.items()
        }
