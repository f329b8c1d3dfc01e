"""How often each measurement is repeated, after a first time that does not count."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TypeVar

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Rounds:
    deploy: int
    retry: int
    logs: int
    requests: int
    lines: tuple[int, ...]


ROUNDS = {
    "full": Rounds(
        deploy=15, retry=25, logs=5, requests=100, lines=(100_000, 1_000_000)
    ),
    "quick": Rounds(deploy=2, retry=3, logs=1, requests=3, lines=(10_000,)),
}


def in_turn(ways: Sequence[T], number: int) -> Sequence[T]:
    """Whoever was first in one round is last in the next: being first can cost."""
    turn = number % len(ways)
    return [*ways[turn:], *ways[:turn]]
