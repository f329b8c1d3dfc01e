"""Hostile output costs work in proportion to its length, whatever it contains."""

import re
from collections.abc import Iterable, Iterator

# The standard library has no public name for a parsed pattern.
from re import _constants as tokens  # type: ignore[attr-defined]
from re import _parser as parser  # type: ignore[attr-defined]
from typing import Any

import pytest

from deployments.diagnosis import diagnose
from deployments.diagnosis.order import RULES
from tests.deployments.diagnosis.failures import CASES

SIZE = 64 * 1024
REPEATS = {tokens.MAX_REPEAT, tokens.MIN_REPEAT}


def patterns() -> Iterator[str]:
    for rule in RULES:
        yield from rule.patterns
        yield from filter(None, (rule.beside, rule.unless))


def bounds(items: Iterable[Any]) -> Iterator[int]:
    """The upper bound of each repetition in a parsed pattern, nested ones too."""
    for token, argument in items:
        if token in REPEATS:
            yield int(argument[1])
            yield from bounds(argument[2])
        elif token is tokens.SUBPATTERN:
            yield from bounds(argument[3])
        elif token is tokens.BRANCH:
            for branch in argument[1]:
                yield from bounds(branch)
        elif token in {tokens.ASSERT, tokens.ASSERT_NOT}:
            yield from bounds(argument[1])


def test_every_repetition_in_a_pattern_has_a_bound() -> None:
    """So one attempt to match looks at a bounded part of the output."""
    for pattern in patterns():
        parsed = parser.parse(pattern, re.MULTILINE)
        assert max(bounds(parsed), default=0) <= 400, pattern


FRAGMENTS = (
    *("a", " ", "/", "'", ":", "[", "\n", "\r", "\x1b[", "\x1b]", "\0", "A_1", "a b "),
    *("a.b/", "x: ", "a@", ": /a", "E: ", "#1 1.1 ", "error: ", "npm error "),
)


@pytest.mark.timeout(60)
@pytest.mark.parametrize("fragment", FRAGMENTS)
def test_repeated_fragments_are_diagnosed(fragment: str) -> None:
    output = (fragment * SIZE)[:SIZE]

    assert diagnose("build", 1, output).code == "command_failed"


@pytest.mark.timeout(60)
@pytest.mark.parametrize("case", CASES[::40], ids=lambda case: case.name)
def test_endless_beginnings_of_real_messages_are_diagnosed(case: Any) -> None:
    """Almost a match, again and again: where going back would hurt most."""
    line = max(case.output.splitlines(), key=len)
    beginning = line[: max(4, len(line) * 2 // 3)]

    assert diagnose(case.step, 1, (beginning * SIZE)[:SIZE]).code
