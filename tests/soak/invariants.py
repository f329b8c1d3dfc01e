"""What must always hold, asked of plain data: snapshots, events, logs, answers.

Nothing here reads a database or a file, so a planted violation can be tested.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

TERMINAL = ("success", "failed", "cancelled")
#: After these nobody has claimed that what ran on the server has ended.
UNKNOWN_CODES = ("worker_lost", "connection_lost", "result_unknown")
#: OEC's own sign that a log is not whole.
MARKER = re.compile(r"\[… .*\b(stored|missing)\b.*\]")


@dataclass(frozen=True, slots=True)
class Row:
    """A deployment, as one statement saw it."""

    id: str
    project: str
    environment: str
    version: int
    status: str
    release: str = "r"
    commit: str = "c"
    digest: str = "d"
    retry_of: str = ""
    completed_at: datetime | None = None
    error_code: str = ""
    epoch: int = 0
    last_seq: int = 0
    remote_outcome: str = ""

    @property
    def is_terminal(self) -> bool:
        return self.status in TERMINAL


@dataclass(frozen=True, slots=True)
class Place:
    """An environment, as the same statement saw it."""

    id: str
    live: str = ""
    previous: str = ""


@dataclass(frozen=True, slots=True)
class Violation:
    kind: str
    subject: str
    context: str = ""


@dataclass
class Memory:
    """What was seen before; ``judge`` compares each snapshot with it."""

    ended: dict[str, Row] = field(default_factory=dict)
    highest: dict[str, int] = field(default_factory=dict)
    known: set[str] = field(default_factory=set)

    def judge(self, rows: Sequence[Row], places: Iterable[Place]) -> list[Violation]:
        violations = [
            *_active(rows),
            *_versions(rows),
            *self._growing(rows),
            *self._unchanged(rows),
            *_retries(rows),
            *_live(rows, places),
        ]
        for row in rows:
            self.known.add(row.id)
            highest = self.highest.get(row.project, 0)
            self.highest[row.project] = max(highest, row.version)
            if row.is_terminal:
                self.ended.setdefault(row.id, row)
        return violations

    def _growing(self, rows: Sequence[Row]) -> Iterable[Violation]:
        for row in rows:
            highest = self.highest.get(row.project, 0)
            if row.id not in self.known and row.version <= highest:
                yield Violation("version_not_increasing", row.id, f"{row}, {highest}")

    def _unchanged(self, rows: Sequence[Row]) -> Iterable[Violation]:
        now = {row.id: row for row in rows}
        for key, before in self.ended.items():
            after = now.get(key)
            if after is None or before != _as_before(before, after):
                yield Violation("terminal_row_changed", key, f"{before} -> {after}")


def _as_before(before: Row, after: Row) -> Row:
    """What was unknown may become known: a retry resolves the branch of its release,
    and the next deployment ends what had been left running.
    """
    commit = after.commit if before.commit else ""
    return replace(after, remote_outcome=before.remote_outcome, commit=commit)


def _active(rows: Sequence[Row]) -> Iterable[Violation]:
    counts = Counter(row.project for row in rows if not row.is_terminal)
    for project, count in counts.items():
        if count > 1:
            yield Violation("two_active", project, f"{count} at once")


def _versions(rows: Sequence[Row]) -> Iterable[Violation]:
    for (project, version), count in Counter(
        (row.project, row.version) for row in rows
    ).items():
        if count > 1:
            yield Violation("version_twice", project, f"v{version}")


def _retries(rows: Sequence[Row]) -> Iterable[Violation]:
    by_id = {row.id: row for row in rows}
    for row in rows:
        first = by_id.get(row.retry_of)
        if first and (first.commit, first.digest, first.release) != (
            row.commit,
            row.digest,
            row.release,
        ):
            yield Violation("retry_differs", row.id, f"{first} / {row}")


def _live(rows: Sequence[Row], places: Iterable[Place]) -> Iterable[Violation]:
    for place in places:
        successes = sorted(
            (r for r in rows if r.environment == place.id and r.status == "success"),
            key=lambda row: -row.version,
        )
        live = successes[0] if successes else None
        others = [row for row in successes if live and row.release != live.release]
        expected = (live.id if live else "", others[0].id if others else "")
        if (place.live, place.previous) != expected:
            yield Violation("live_disagrees", place.id, f"{place}, rows: {expected}")


def of_events(row: Row, events: Sequence[tuple[int, str, str]]) -> list[Violation]:
    """``events`` are number, kind and state of all that an ended deployment has."""
    violations = []
    numbers = [number for number, _, _ in events]
    if numbers != list(range(1, row.last_seq + 1)):
        violations.append(Violation("events_have_a_gap", row.id, str(numbers[-5:])))
    ends = [event for event in events if event[1] == "status" and event[2] in TERMINAL]
    if len(ends) != 1 or ends[0] != events[-1] or ends[0][2] != row.status:
        violations.append(Violation("not_ended_once", row.id, str(ends)))
    return violations


def of_log(row: Row, text: str) -> list[Violation]:
    """A build prints "count N" and then "line 1" to "line N"."""
    count = re.search(r"^count (\d+)", text, re.MULTILINE)
    if MARKER.search(text):
        return []
    numbers = [int(n) for n in re.findall(r"^line (\d+)\s*$", text, re.MULTILINE)]
    if row.status == "success":
        expected = int(count[1]) if count else -1
        if _is_whole(numbers) and len(numbers) == expected:
            return []
        context = f"{len(numbers)} of {expected} lines; NULs: {text.count(chr(0))}"
        return [Violation("log_lost_lines", row.id, context)]
    # What was ended may have been in the middle of its last line.
    if _is_whole(numbers) or _is_whole(numbers[:-1]):
        return []
    return [Violation("log_has_a_gap", row.id, str(numbers[-5:]))]


def _is_whole(numbers: Sequence[int]) -> bool:
    """What one command prints on two descriptors may change places."""
    return sorted(numbers) == list(range(1, len(numbers) + 1))


def of_answers(
    accepted: Mapping[str, str], keys: Mapping[str, set[str]], rows: Sequence[Row]
) -> list[Violation]:
    """``accepted`` are ids with their verbs; ``keys`` ids by Idempotency-Key."""
    by_id = {row.id: row for row in rows}
    violations = [
        Violation("accepted_and_lost", key, verb)
        for key, verb in accepted.items()
        if key not in by_id
    ]
    violations += [
        Violation("accepted_and_stuck", row.id, f"{row}")
        for row in rows
        if not row.is_terminal
    ]
    return violations + [
        Violation("one_key_two_deployments", key, str(ids))
        for key, ids in keys.items()
        if len(ids) > 1
    ]


def claims_ended(row: Row, last_text: str) -> bool:
    """Whether it is said that nothing of this deployment runs on the server."""
    if not row.is_terminal or row.error_code in UNKNOWN_CODES:
        return False
    return row.remote_outcome != "unknown" and "state is unknown" not in last_text
