"""The server's own record of a deploy path: who worked there, and when. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from tests.soak.invariants import Row, Violation

#: Between the clock of a line and the commit of the row.
TOLERANCE_SECONDS = 1.0
#: A put-back runs these of an older version, after a newer one's.
REPEATABLE = ("restart", "check")
STEPS = (("build", "end"), ("release", "end"), ("restart", "end"))


@dataclass(frozen=True, slots=True)
class Line:
    at: float
    version: int
    step: str
    mark: str


def parse(text: str) -> list[Line]:
    """A line that was cut off by a kill or a full disk says nothing."""
    lines = []
    for raw in text.splitlines():
        words = raw.split()
        if len(words) == 5 and words[1].isdigit():
            lines.append(Line(float(words[0]), int(words[1]), words[2], words[3]))
    return lines


def overlaps(subject: str, lines: Sequence[Line]) -> list[Violation]:
    """No older version works once a newer one has begun, nor within its commands."""
    violations: dict[tuple[int, int], Violation] = {}
    highest, is_open = 0, False
    begun: set[int] = set()
    for line in lines:
        is_older = line.version < highest
        if is_older and (is_open or line.step not in REPEATABLE):
            pair = (line.version, highest)
            context = f"v{line.version} {line.step} {line.mark} within v{highest}"
            overlap = Violation("overlap", f"{subject} {pair}", context)
            violations.setdefault(pair, overlap)
            continue
        if line.step == "build" and line.mark == "begin" and line.version in begun:
            context = f"v{line.version} built twice"
            violations[line.version, 0] = Violation("ran_twice", subject, context)
        if not is_older:
            highest = line.version
            is_open = line.step in ("build", "release") and line.mark != "end"
            begun.add(line.version)
    return list(violations.values())


def after_the_end(
    subject: str, lines: Iterable[Line], ended: Mapping[int, float]
) -> list[Violation]:
    """``ended`` says when each version ended of which nothing is left running."""
    late: dict[int, Line] = {}
    for line in lines:
        end = ended.get(line.version)
        if end and line.step not in REPEATABLE and line.at > end + TOLERANCE_SECONDS:
            late[line.version] = line
    return [
        Violation(
            "works_after_its_end",
            f"{subject} v{version}",
            f"{line.step} {line.mark} {line.at - ended[version]:.1f} s after the end",
        )
        for version, line in late.items()
    ]


def of_success(subject: str, row: Row, lines: Iterable[Line]) -> list[Violation]:
    """Every step was carried out, and ``current`` had the commit when it was asked."""
    own = {(line.step, line.mark) for line in lines if line.version == row.version}
    missing = [step for step in STEPS if step not in own]
    if ("check", row.commit) not in own:
        missing.append(("check", row.commit))
    if not missing:
        return []
    context = f"missing {missing}; shown {[m for s, m in own if s == 'check']}"
    return [Violation("success_without_proof", f"{subject} v{row.version}", context)]
