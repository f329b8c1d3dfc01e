"""The table of docs/reliability.md beside the tests that stand behind it."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent
ROOT = FOLDER.parent.parent
PAGE = ROOT / "docs" / "reliability.md"
NOT_COVERED = "Not covered: "


@dataclass(frozen=True, slots=True)
class Row:
    """One fault; ``tests`` are named after it here, or named in its last cell."""

    number: int
    fault: str
    tested: str
    tests: list[str]

    @property
    def is_covered(self) -> bool:
        return not self.tested.startswith(NOT_COVERED)


def rows() -> list[Row]:
    rows = re.findall(r"^\| F(\d+) \| (.*) \| .* \| (.*) \|$", PAGE.read_text(), re.M)
    return [
        Row(int(number), fault, tested, _tests(int(number), tested))
        for number, fault, tested in rows
    ]


def summary(rows: Sequence[Row]) -> str:
    """How many faults are covered, and each of the others with its reason."""
    open_ones = [row for row in rows if not row.is_covered]
    lines = [f"{len(rows) - len(open_ones)} of {len(rows)} faults are covered."]
    for row in open_ones:
        reason = row.tested.removeprefix(NOT_COVERED)
        lines.append(f"Not covered: F{row.number} ({row.fault}): {reason}")
    return "\n".join(lines)


def names_of_all_tests() -> set[str]:
    return {
        name
        for path in (ROOT / "tests").rglob("test_*.py")
        for name in re.findall(r"^(?:async )?def (test_\w+)", path.read_text(), re.M)
    }


def _tests(number: int, tested: str) -> list[str]:
    prefix = f"test_f{number:02}_"
    own = sorted(name for name in names_of_all_tests() if name.startswith(prefix))
    return own + re.findall(r"`(test_\w+)`", tested)
