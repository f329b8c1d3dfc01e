"""The soak's checker sees what is planted, and nothing where all is well."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from tests.soak import invariants, traces
from tests.soak.invariants import Memory, Place, Row, Violation

NOW = datetime(2030, 1, 1, tzinfo=UTC)
FIRST = Row("a", "p", "e", 1, "failed", completed_at=NOW, last_seq=3)
SECOND = Row("b", "p", "e", 2, "success", retry_of="a", completed_at=NOW, last_seq=3)
LIVE = Place("e", live="b")
EVENTS = [(1, "status", "running"), (2, "log", ""), (3, "status", "success")]
GOOD = """\
1.0 1 build begin 7
1.5 1 build failing 7
2.0 2 build begin 8
2.5 2 build end 8
3.0 2 release begin 9
3.1 2 release end 9
3.2 2 restart begin 10
3.3 2 restart end 10
3.4 2 check c 11
"""


def kinds(violations: list[Violation]) -> list[str]:
    return [violation.kind for violation in violations]


def test_nothing_is_wrong_with_what_is_right() -> None:
    memory = Memory()
    lines = traces.parse(GOOD)
    assert memory.judge([FIRST], [Place("e")]) == []
    assert memory.judge([FIRST, SECOND], [LIVE]) == []
    assert invariants.of_events(SECOND, EVENTS) == []
    assert invariants.of_log(SECOND, "count 2\nline 1\nline 2\n") == []
    assert invariants.of_log(FIRST, "count 9\nline 1\nline 2\n") == []
    assert invariants.of_answers({"a": "deploy"}, {"k": {"a"}}, [FIRST]) == []
    assert traces.overlaps("e", lines) == []
    assert traces.after_the_end("e", lines, {1: 1.6, 2: 3.5}) == []
    assert traces.of_success("e", SECOND, lines) == []


@pytest.mark.parametrize(
    ("kind", "rows", "place"),
    [
        ("two_active", [replace(FIRST, status="running"), FIRST, SECOND], LIVE),
        ("version_twice", [FIRST, replace(SECOND, version=1)], LIVE),
        ("retry_differs", [FIRST, replace(SECOND, commit="x")], LIVE),
        ("retry_differs", [FIRST, replace(SECOND, digest="x")], LIVE),
        ("live_disagrees", [FIRST, SECOND], Place("e")),
        ("live_disagrees", [FIRST, SECOND], Place("e", live="b", previous="a")),
    ],
)
def test_a_snapshot_that_breaks_a_promise_is_seen(kind, rows, place) -> None:
    if kind == "two_active":
        rows = [*rows, replace(FIRST, id="c", version=3, status="pending")]
    assert kind in kinds(Memory().judge(rows, [place]))


@pytest.mark.parametrize(
    ("kind", "after"),
    [
        ("terminal_row_changed", [replace(FIRST, status="cancelled")]),
        ("terminal_row_changed", []),
        ("version_not_increasing", [FIRST, replace(SECOND, version=1)]),
    ],
)
def test_a_change_between_two_snapshots_is_seen(kind, after) -> None:
    memory = Memory()
    memory.judge([FIRST], [Place("e")])
    assert kind in kinds(memory.judge(after, []))


@pytest.mark.parametrize(
    ("kind", "events"),
    [
        ("events_have_a_gap", [EVENTS[0], EVENTS[2]]),
        ("not_ended_once", [*EVENTS[:2], (3, "log", "")]),
        ("not_ended_once", [*EVENTS[:2], (3, "status", "failed")]),
    ],
)
def test_a_history_with_a_hole_is_seen(kind, events) -> None:
    assert kind in kinds(invariants.of_events(SECOND, events))


@pytest.mark.parametrize("text", ["count 2\nline 1\n", "line 1\n", "count 2\nline 2\n"])
def test_a_lost_line_is_seen_unless_the_log_says_so(text: str) -> None:
    assert kinds(invariants.of_log(SECOND, text)) == ["log_lost_lines"]
    marker = "[… 4 characters of output are not stored …]\n"
    assert invariants.of_log(SECOND, text + marker) == []


def test_what_was_ended_may_have_been_in_the_middle_of_its_last_line() -> None:
    assert invariants.of_log(FIRST, "count 99\nline 1\nline 2\nline 1\n") == []
    gap = invariants.of_log(FIRST, "count 99\nline 1\nline 3\nline 4\n")
    assert kinds(gap) == ["log_has_a_gap"]


def test_what_was_accepted_must_be_there_and_end_and_a_key_counts_once() -> None:
    running = replace(FIRST, status="running")
    violations = invariants.of_answers({"x": "retry"}, {"k": {"a", "b"}}, [running])
    assert kinds(violations) == [
        "accepted_and_lost",
        "accepted_and_stuck",
        "one_key_two_deployments",
    ]


@pytest.mark.parametrize(
    "planted", ["2.1 1 build work 7", "2.1 1 restart begin 7", "4.0 1 build end 7"]
)
def test_work_of_an_older_version_beside_a_newer_one_is_seen(planted: str) -> None:
    lines = GOOD.splitlines()
    place = 3 if planted.startswith("2") else len(lines)
    text = "\n".join([*lines[:place], planted, *lines[place:]])
    assert kinds(traces.overlaps("e", traces.parse(text))) == ["overlap"]


def test_a_second_run_and_work_after_the_end_are_seen() -> None:
    lines = traces.parse(GOOD + "4.0 2 build begin 12\n")
    assert kinds(traces.overlaps("e", lines)) == ["ran_twice"]
    assert kinds(traces.after_the_end("e", lines, {2: 2.9})) == ["works_after_its_end"]


def test_a_success_without_a_step_or_with_another_commit_is_seen() -> None:
    for lost in ("release end", "check c"):
        text = "".join(f"{x}\n" for x in GOOD.splitlines() if lost not in x)
        violations = traces.of_success("e", SECOND, traces.parse(text))
        assert kinds(violations) == ["success_without_proof"]


def test_only_a_known_end_is_held_against_what_still_runs() -> None:
    assert invariants.claims_ended(SECOND, "")
    assert not invariants.claims_ended(replace(FIRST, error_code="worker_lost"), "")
    assert not invariants.claims_ended(FIRST, "Its state is unknown: look at it")
    assert not invariants.claims_ended(replace(FIRST, remote_outcome="unknown"), "")
