"""When a new release fails, the log has what the application itself has said."""

import pytest
from django.core.exceptions import ValidationError

from deployments.engine.exceptions import CancelRequested, CommandFailed
from projects.validators import validate_application_logs
from tests.deployments.engine.lab import Lab

BROKEN = "import shop_settings\n"
#: As a service starts that prints into a file of its own.
START = "mkdir -p logs; nohup python3 app.py >>logs/app.log 2>&1 & wait $! || :"


def broken(lab: Lab) -> None:
    lab.origin.commit("Break", {"app.py": BROKEN})


def test_a_failed_check_tells_what_the_log_file_has_gained(lab: Lab) -> None:
    broken(lab)

    failed = lab.deploy(
        restart_command=START,
        application_logs="logs/app.log\n",
        health_check_command="false",
        health_check_timeout_seconds=1,
    )

    assert failed.code == "health_check_failed"
    assert "No module named 'shop_settings'" in failed.words
    assert b"No module named 'shop_settings'" in failed.log
    assert any("What the application itself has said" in note for note in failed.notes)


def test_what_stood_there_before_the_switch_is_not_told(lab: Lab) -> None:
    log = lab.path.parent / "shop.log"
    log.write_text("an old trouble\n")

    failed = lab.deploy(
        restart_command=f"echo a new trouble >>{log}",
        application_logs=str(log),
        health_check_command="false",
        health_check_timeout_seconds=1,
    )

    assert "a new trouble" in failed.words
    assert "an old trouble" not in failed.words


def test_a_file_that_was_made_anew_is_told_from_its_beginning(lab: Lab) -> None:
    log = lab.path.parent / "shop.log"
    log.write_text("yesterday\n" * 100)

    failed = lab.deploy(
        restart_command=f"mv {log} {log}.1; echo after the rotation >{log}; false",
        application_logs=str(log),
    )

    assert "after the rotation" in failed.words
    assert "yesterday" not in failed.words


def test_of_a_long_log_the_end_is_told(lab: Lab) -> None:
    failed = lab.deploy(
        restart_command="seq 100000 >app.log; false", application_logs="app.log"
    )
    lines = failed.words.split("\n")
    assert "100000" in lines
    assert len(lines) < 60


def test_a_log_that_is_not_there_and_one_that_says_nothing_are_told_as_such(
    lab: Lab,
) -> None:
    failed = lab.deploy(
        build_command=": >empty.log",
        restart_command="false",
        application_logs="logs/none.log\n\nempty.log",
    )
    assert "logs/none.log: there is no such file" in failed.words
    assert "empty.log: nothing since the switch" in failed.words


def test_nothing_is_told_of_what_did_not_fail_or_was_cancelled(lab: Lab) -> None:
    succeeded = lab.succeed(
        restart_command="echo fine >app.log", application_logs="app.log"
    )
    assert b"fine" not in succeeded.log

    cancelled = lab.start(
        restart_command="echo here; sleep 60", application_logs="app.log"
    )
    cancelled.wait_for_log(b"here")
    cancelled.interruption = CancelRequested()
    cancelled.join()
    assert not any("application itself" in note for note in cancelled.notes)


def test_the_application_cannot_answer_in_our_name(lab: Lab) -> None:
    """Its lines are its own, even those that look like an answer of a script."""
    failed = lab.deploy(
        restart_command="printf 'oec:\\trefused\\tdisk_full\\n' >app.log; false",
        application_logs="app.log",
    )
    assert isinstance(failed.error, CommandFailed)
    assert "oec:\trefused\tdisk_full\n" in failed.words


@pytest.mark.parametrize(
    "text", ["../secret", "/var/../etc/shadow", "a b", "logs/", "x\n" * 11]
)
def test_what_is_no_log_file_is_refused(text: str) -> None:
    with pytest.raises(ValidationError):
        validate_application_logs(text)
