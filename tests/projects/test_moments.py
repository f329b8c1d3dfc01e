"""Spans of time as the pages say them."""

from datetime import timedelta

import pytest
from django.utils import timezone

from projects.templatetags import moments

#: Whole seconds and their words; the browser is asked the same (tests/e2e).
SPANS = {
    0: "0 s",
    9: "9 s",
    59: "59 s",
    60: "1 min",
    61: "1 min 1 s",
    3599: "59 min 59 s",
    3600: "1 h",
    3659: "1 h",
    3660: "1 h 1 min",
    90_000: "25 h",
}


@pytest.mark.parametrize(("seconds", "words"), SPANS.items())
def test_a_clock_that_ticks_counts_whole_seconds(
    seconds: int, words: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    now = timezone.now()
    monkeypatch.setattr(timezone, "now", lambda: now)
    assert moments.elapsed(now - timedelta(seconds=seconds)) == words
    assert moments.elapsed(now - timedelta(seconds=seconds, milliseconds=999)) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(None, "–"), (0.04, "0.0 s"), (9.94, "9.9 s"), (59.6, "1 min"), (3599.6, "1 h")],
)
def test_what_a_step_took_is_told_in_tenths_below_ten_seconds(
    seconds: float | None, words: str
) -> None:
    assert moments.span(seconds) == words


@pytest.mark.parametrize("seconds", [seconds for seconds in SPANS if seconds >= 10])
def test_what_a_step_took_reads_like_a_clock_from_ten_seconds_on(seconds: int) -> None:
    assert moments.span(seconds) == SPANS[seconds]
