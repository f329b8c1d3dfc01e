"""What is left of output for a terminal: lines of text in 16 colours, nothing else."""

import json
import time
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import pytest

from deployments.logs.terminal import Line, Terminal, plain

CASES = json.loads((Path(__file__).parent / "terminal.json").read_text())
ESC = "\x1b"
MEGABYTE = 1_000_000
HOSTILE = {
    "openings": "\x1b[",
    "titles": "\x1b]",
    "one title": "\x1b]" + "a" * MEGABYTE,
    "one selection": "\x1b[" + "1" * MEGABYTE,
    "titles that are too long": "\x1b]" + "a" * 4097,
    "selections that are too long": "\x1b[" + "1" * 101,
    "escapes": "\x1b",
    "charsets": "\x1b((((",
    "one charset": "\x1b" + "(" * MEGABYTE,
    "returns": "x\r",
    "colours": "\x1b[31mx\x1b[32my",
    "the same colour": "\x1b[31mx",
    "one line": "x" * MEGABYTE,
}


def displayed(chunks: Iterable[str]) -> list[Line]:
    terminal = Terminal()
    lines = [line for chunk in chunks for line in terminal.feed(chunk)]
    return [*lines, *terminal.finish()]


def written(text: str | list[tuple[str, int]]) -> str:
    """A text of a case: as it is, or in pieces with how often each is repeated."""
    return text if isinstance(text, str) else "".join(unit * n for unit, n in text)


def output_of(case: dict[str, Any]) -> list[str]:
    return [written(chunk) for chunk in case["output"]]


def expected(case: dict[str, Any]) -> list[Line]:
    return [
        [(tuple(codes), written(text)) for codes, text in line]
        for line in case["lines"]
    ]


each_case = pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])


@each_case
def test_output_is_shown_as(case: dict[str, Any]) -> None:
    assert displayed(output_of(case)) == expected(case)


@each_case
def test_it_does_not_matter_where_the_output_is_cut(case: dict[str, Any]) -> None:
    assert displayed(["".join(output_of(case))]) == expected(case)


@each_case
def test_another_terminal_goes_on_from_the_state_of_the_first(
    case: dict[str, Any],
) -> None:
    output = "".join(output_of(case))
    for at in range(0, len(output), max(1, len(output) // 50)):
        first, second = Terminal(), Terminal()
        lines = first.feed(output[:at])
        assert second.feed(first.state) == []
        lines += second.feed(output[at:])
        assert [*lines, *second.finish()] == expected(case), at


def test_a_line_can_be_ended_without_ending_its_colour_or_a_sequence() -> None:
    terminal = Terminal()
    terminal.feed(f"{ESC}[31mhalf a{ESC}[3")
    assert terminal.end_line() == [[((31,), "half a")]]
    assert terminal.end_line() == []
    terminal.feed("2mline")
    assert terminal.line == [((32,), "line")]


def test_of_a_whole_text_the_text_is_left() -> None:
    assert plain(f"{ESC}[31mone{ESC}[0m\ntwo {ESC}]0;three") == "one\ntwo 0;three"


@pytest.mark.parametrize("unit", HOSTILE.values(), ids=HOSTILE)
@pytest.mark.parametrize("chunk", [1_000, 65_536, MEGABYTE])
def test_hostile_output_takes_a_time_that_grows_with_its_length(
    unit: str, chunk: int
) -> None:
    output = unit * (MEGABYTE // len(unit) or 1)
    pieces = [output[at : at + chunk] for at in range(0, len(output), chunk)]
    begun = time.process_time()
    lines = displayed(pieces)
    # A second on a slow machine; what grows with the square would take minutes.
    assert time.process_time() - begun < 15
    assert not any(set("\x1b\r\n") & set(text) for line in lines for _, text in line)
