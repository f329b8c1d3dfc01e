"""How fast a command's output becomes stored events, beside a plain ``ssh``."""

from collections.abc import Sequence

from benchmarks import figures
from benchmarks.bench import Bench
from benchmarks.deploy import run
from benchmarks.rounds import in_turn
from deployments.models import Deployment, Event
from deployments.models.events import Kind

NULL = "`ssh host cat … > /dev/null`"
FILE = "`ssh host cat … > file`"
STORED = "OEC, stored as events"


def measure(bench: Bench, rounds: int, sizes: Sequence[int]) -> str:
    """Print so many lines in every way, in turn; Markdown."""
    contests = [_Contest(bench, lines) for lines in sizes]
    for number in range(rounds + 1):
        for contest in contests:
            contest.round(number)
    rows = [row for contest in contests for row in contest.rows()]
    head = ("Lines", "Way", "lines/s", "s", "time ÷ `/dev/null`")
    return figures.table(head, rows)


class _Contest:
    def __init__(self, bench: Bench, lines: int) -> None:
        self._bench = bench
        self._lines = lines
        self._text = "".join(f"object {n:07}\n" for n in range(lines))
        source = bench.folder / f"{lines}.txt"
        source.write_text(self._text)
        self._command = f"cat {source}"
        self._environment = bench.environment(
            f"logs{lines}", build_command=self._command
        )
        self._seconds: dict[str, list[float]] = {NULL: [], FILE: [], STORED: []}

    def round(self, number: int) -> None:
        ways = [(NULL, self._discarded), (FILE, self._copied), (STORED, self._stored)]
        for name, way in in_turn(ways, number):
            seconds = way()
            if number:
                self._seconds[name].append(seconds)

    def rows(self) -> list[tuple[str, ...]]:
        return [
            (
                f"{self._lines:,}",
                name,
                figures.spread([self._lines / value for value in seconds]),
                figures.spread(seconds, digits=2),
                figures.ratio(seconds, self._seconds[NULL]),
            )
            for name, seconds in self._seconds.items()
        ]

    def _discarded(self) -> float:
        # The connection is open already, as it is when a build begins.
        with self._bench.ssh.connected() as option:
            return self._bench.ssh.run(self._command, option)

    def _copied(self) -> float:
        copy = self._bench.disk / f"{self._lines}.copy"
        with self._bench.ssh.connected() as option, copy.open("wb") as file:
            return self._bench.ssh.run(self._command, option, output=file)

    def _stored(self) -> float:
        deployment, _ = run(self._bench, self._environment)
        texts = Event.objects.filter(deployment=deployment, kind=Kind.LOG, step="build")
        stored = "".join(texts.order_by("seq").values_list("text", flat=True))
        assert stored == self._text, "the log is not what the command has printed"
        return _duration_of_build(deployment)


def _duration_of_build(deployment: Deployment) -> float:
    """From the event of its beginning to that of its end, all output stored."""
    steps = Event.objects.filter(deployment=deployment, kind=Kind.STEP, step="build")
    begun, ended = (step.created_at for step in steps.order_by("seq"))
    return (ended - begun).total_seconds()
