"""What a soak has to say in the end, in plain words."""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from pathlib import Path
from statistics import median
from uuid import UUID

from deployments.models import Event
from tests.soak.faults import Happened
from tests.soak.invariants import Row, Violation
from tests.soak.people import Journal


def text(
    rows: Sequence[Row],
    happened: Sequence[Happened],
    journal: Journal,
    violations: Sequence[Violation],
) -> str:
    parts = (
        _deployments(rows),
        _faults(rows, happened),
        _answers(journal),
        _violations(violations),
    )
    return "\n\n".join(parts)


def keep_evidence(
    logs: Path, rows: Iterable[Row], violations: Iterable[Violation], report: str
) -> None:
    (logs / "report.txt").write_text(report)
    by_id = {row.id: row for row in rows}
    (logs / "rows.json").write_text(
        json.dumps([asdict(row) for row in by_id.values()], default=str, indent=1)
    )
    for violation in violations:
        if violation.subject in by_id:
            events = Event.objects.filter(deployment=UUID(violation.subject)).order_by(
                "seq"
            )
            lines = [f"{e.created_at:%H:%M:%S.%f} {e} {e.text}" for e in events]
            (logs / f"{violation.subject}.txt").write_text("\n".join(lines))


def _deployments(rows: Sequence[Row]) -> str:
    statuses = Counter(row.status for row in rows)
    codes = Counter(row.error_code for row in rows if row.status == "failed")
    counted = ", ".join(f"{count} {name}" for name, count in statuses.most_common())
    failed = ", ".join(f"{count} {name}" for name, count in codes.most_common())
    return f"{len(rows)} deployments: {counted}\nfailed with: {failed or '-'}"


def _faults(rows: Sequence[Row], happened: Sequence[Happened]) -> str:
    """By kind: ready again, and the next success anywhere, in seconds after its end."""
    kinds: dict[str, list[Happened]] = defaultdict(list)
    for fault in happened:
        kinds[fault.kind].append(fault)
    lines = [f"{len(happened)} faults (ready again / next success after, median s):"]
    for kind, faults in sorted(kinds.items()):
        ready = [f.ready_after for f in faults if f.ready_after is not None]
        healed = [x for x in (_next_success(rows, f) for f in faults) if x is not None]
        lines.append(f"  {len(faults)} {kind}: {_median(ready)} / {_median(healed)}")
    return "\n".join(lines)


def _next_success(rows: Iterable[Row], fault: Happened) -> float | None:
    times = [
        row.completed_at.timestamp() - fault.undone
        for row in rows
        if row.status == "success" and row.completed_at
    ]
    return min((time for time in times if time > 0), default=None)


def _median(values: Sequence[float]) -> str:
    return f"{median(values):.1f}" if values else "-"


def _answers(journal: Journal) -> str:
    answers = sorted(journal.answers.items())
    counted = ", ".join(f"{verb} {code}: {n}" for (verb, code), n in answers)
    return f"answers (0: nobody there): {counted}"


def _violations(violations: Sequence[Violation]) -> str:
    if not violations:
        return "No violation."
    lines = [f"{len(violations)} violations:"]
    lines += [f"  {v.kind} {v.subject}: {v.context[:600]}" for v in violations]
    return "\n".join(lines)
