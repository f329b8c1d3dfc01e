"""What a run leaves on the server, in one word."""

from deployments.engine.remains import Remains


def test_nothing_was_started() -> None:
    assert Remains().outcome == ""


def test_a_started_step_is_unknown_until_something_was_seen() -> None:
    remains = Remains()
    remains.started("build")
    assert remains.outcome == "unknown"
    remains.finished("build")
    assert remains.outcome == "finished"


def test_the_worst_step_counts() -> None:
    remains = Remains()
    for step in ("build", "check"):
        remains.started(step)
    remains.finished("build")
    remains.ended("check")
    assert remains.outcome == "ended"


def test_who_lives_on_makes_it_unknown_and_is_named() -> None:
    remains = Remains()
    remains.started("build")
    remains.finished("build")
    remains.lives_on("pid 7 of user bob")
    remains.lives_on("pid 9 of user root")
    assert remains.outcome == "unknown"
    assert remains.still_running == "pid 7 of user bob, pid 9 of user root"
