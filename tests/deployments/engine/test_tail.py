"""The end of a long output, as the diagnosis gets it."""

import pytest

from deployments.engine.pipeline.tail import LIMIT_BYTES, Tail


def tail_of(*pieces: bytes) -> Tail:
    tail = Tail(lambda _: None)
    for piece in pieces:
        tail.feed(piece)
    return tail


def test_everything_is_passed_on_and_counted() -> None:
    passed: list[bytes] = []
    tail = Tail(passed.append)
    tail.feed(b"x" * LIMIT_BYTES)
    tail.feed(b"end")
    assert b"".join(passed) == b"x" * LIMIT_BYTES + b"end"
    assert tail.total == LIMIT_BYTES + 3


def test_a_short_output_is_kept_whole() -> None:
    assert tail_of(b"first\n", b"second").text == "first\nsecond"
    assert tail_of(b"x" * LIMIT_BYTES).text == "x" * LIMIT_BYTES


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_a_long_output_begins_with_a_whole_line(end: bytes) -> None:
    secret = b"s3cret-value-that-is-cut"
    filling = b"x" * (LIMIT_BYTES - len(secret) // 2 - len(end) - len(b"done"))
    text = tail_of(secret + end, filling, b"done").text
    assert "value" not in text
    assert text == (filling + b"done").decode()


def test_one_endless_line_is_kept_as_far_as_it_goes() -> None:
    assert tail_of(b"x" * LIMIT_BYTES, b"yz").text == "x" * (LIMIT_BYTES - 2) + "yz"
