"""The recorded outputs as test cases; see README.md beside this file."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

_HEADER = re.compile(r"@@ (?P<step>\w+) (?P<exit_code>\d+|\?): (?P<code>\w+)")


class Case(NamedTuple):
    name: str
    step: str
    exit_code: int | None
    output: str
    code: str


def _read(path: Path) -> Iterator[Case]:
    blocks = re.split(r"^(?=@@ )", path.read_text(encoding="utf-8"), flags=re.MULTILINE)
    for number, block in enumerate(filter(None, blocks), start=1):
        first, _, output = block.partition("\n")
        header = _HEADER.fullmatch(first)
        assert header, f"{path.name}: not a header: {first!r}"
        exit_code = None if header["exit_code"] == "?" else int(header["exit_code"])
        name = f"{path.stem}-{number}-{header['code']}"
        yield Case(name, header["step"], exit_code, output.strip("\n"), header["code"])


CASES = [
    case for path in sorted(Path(__file__).parent.glob("*.txt")) for case in _read(path)
]
