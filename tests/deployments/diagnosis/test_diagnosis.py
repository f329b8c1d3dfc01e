"""From a failed command to a sentence, a class, a verb and the telling line."""

import pytest

from deployments.diagnosis import (
    AdvisedVerb,
    FailureClass,
    diagnose,
    failure,
    with_words,
)


def test_the_diagnosis_names_the_object_and_says_what_to_do() -> None:
    diagnosis = diagnose(
        "connect", 255, "ssh: connect to host web1 port 2222: Connection refused"
    )

    assert diagnosis.code == "connect_refused"
    assert diagnosis.message == (
        "The server web1 refused the SSH connection on port 2222."
    )
    assert diagnosis.advice.endswith("then retry.")
    assert diagnosis.failure_class is FailureClass.EXTERNAL
    assert diagnosis.verb is AdvisedVerb.RETRY
    assert diagnosis.probe == "connection"


def test_a_failure_the_engine_recognized_is_told_with_its_facts() -> None:
    diagnosis = failure("connect_refused", host="192.0.2.7", port=22)

    assert diagnosis.message == (
        "The server 192.0.2.7 refused the SSH connection on port 22."
    )
    assert diagnosis.evidence == ""


def test_missing_facts_shorten_the_sentence() -> None:
    assert failure("connect_refused").message == (
        "The server refused the SSH connection."
    )
    assert failure("connect_refused", host=None, port=0).message == (
        "The server refused the SSH connection on port 0."
    )


def test_facts_are_data_and_never_part_of_the_sentence_s_form() -> None:
    message = failure("target_busy", holder="[v3] {since} \x1b[31m\nof alice").message

    assert message == (
        "Another deployment holds this place on the server: [v3] {since} [31m of alice."
    )


def test_a_long_fact_is_shortened() -> None:
    assert len(failure("internal_error", detail="x" * 10_000).message) < 250


def test_an_unknown_code_is_an_error_of_the_console() -> None:
    diagnosis = failure("no_such_code")

    assert diagnosis.code == "internal_error"
    assert "no_such_code" in diagnosis.message


def test_what_no_rule_knows_stays_unknown_and_names_step_and_exit_code() -> None:
    diagnosis = diagnose("build", 3, "something went wrong")

    assert diagnosis.code == "command_failed"
    assert diagnosis.failure_class is FailureClass.UNKNOWN
    assert diagnosis.verb is AdvisedVerb.NONE
    assert diagnosis.evidence == ""
    assert "the step build failed with exit code 3" in diagnosis.message


@pytest.mark.parametrize("exit_code", [None, -1])
def test_a_missing_result_is_unknown_and_never_a_success(exit_code: int | None) -> None:
    diagnosis = diagnose("release", exit_code, "Applying orders.0007...")

    assert diagnosis.code == "result_unknown"
    assert diagnosis.verb is AdvisedVerb.NONE


CAUSES = {
    "a full disk before the build's own summary": (
        "build",
        "write /app/data.bin: no space left on device\n"
        'ERROR: failed to solve: process "/bin/sh -c npm run build" did not complete',
        "disk_full",
    ),
    "an unreachable index before the missing distribution": (
        "build",
        "WARNING: Retrying (Retry(total=0)) after connection broken by 'NewConnection"
        "Error': /simple/requests/\nERROR: No matching distribution found for requests",
        "python_index_unreachable",
    ),
    "a missing distribution when the index did answer": (
        "build",
        "WARNING: Retrying (Retry(total=4)) after connection broken by 'ReadTimeout"
        "Error': /simple/django/\nERROR: Could not find a version that satisfies the"
        " requirement django==99 (from versions: 4.2, 5.2)",
        "python_requirement_unavailable",
    ),
    "failing tests before a refused connection in their output": (
        "build",
        "ConnectionRefusedError: [Errno 111] Connection refused\n"
        "=== 2 failed, 40 passed in 3.21s ===",
        "tests_failed",
    ),
    "the memory before npm's own words": (
        "build",
        "Killed\nnpm error code ELIFECYCLE\nnpm error Failed at the build script.",
        "out_of_memory",
    ),
    "a missing variable before the traceback's other errors": (
        "release",
        "  File \"<frozen os>\", line 679, in __getitem__\nKeyError: 'DATABASE_URL'",
        "variable_missing",
    ),
    "a permission before the connection that rsync gave up": (
        "transfer",
        'rsync: mkstemp "/srv/app/.a.x" failed: Permission denied (13)\n'
        "rsync: connection unexpectedly closed (99 bytes received so far) [sender]",
        "permission_denied",
    ),
}


@pytest.mark.parametrize(("step", "output", "code"), CAUSES.values(), ids=CAUSES)
def test_the_cause_wins_over_its_consequences(
    step: str, output: str, code: str
) -> None:
    assert diagnose(step, 1, output).code == code


def test_the_same_words_mean_another_thing_in_another_step() -> None:
    refused = "curl: (7) Failed to connect to localhost port 80: Connection refused"

    assert diagnose("check", 7, refused).code == "health_check_failed"
    assert diagnose("build", 7, refused).code == "service_unavailable"


def test_the_evidence_is_one_short_line_without_control_characters() -> None:
    noise = "x" * 5_000
    output = f"one\n\x1b[31m{noise} No space left on device\0 {noise}\x1b[0m\ntwo"

    evidence = diagnose("build", 1, output).evidence

    assert "No space left on device" in evidence
    assert len(evidence) <= 302
    assert evidence.isprintable()


def test_a_long_line_keeps_its_telling_part_at_either_end() -> None:
    start = diagnose("build", 1, "No space left on device" + " x" * 999).evidence
    end = diagnose("build", 1, "x " * 999 + "No space left on device").evidence

    assert start.startswith("No space left on device")
    assert start.endswith("…")
    assert end.startswith("…")
    assert end.endswith("No space left on device")


def test_only_the_end_of_a_long_output_is_read() -> None:
    output = "No space left on device\n" + "building\n" * 10_000

    assert diagnose("build", 1, output).code == "command_failed"


@pytest.mark.parametrize("prefix", ["#12 3.456 ", "17.21 ", "web-1  | "])
def test_prefixes_of_image_builds_and_compose_do_not_hide_a_line(prefix: str) -> None:
    output = f"{prefix}Traceback (most recent call last):\n{prefix}NameError: name 'x'"

    assert diagnose("build", 1, output).code == "application_error"


def test_words_of_the_application_name_a_cause_that_nothing_else_told() -> None:
    words = "booting\nModuleNotFoundError: No module named 'shop'\n"
    unknown = failure("health_check_failed", detail="nothing answered")

    diagnosis = with_words(unknown, "check", words)

    assert diagnosis.failure_class is FailureClass.CODE
    assert diagnosis.message.startswith(unknown.message)
    assert diagnosis.evidence == "ModuleNotFoundError: No module named 'shop'"


def test_words_change_nothing_where_the_cause_is_known_or_they_name_none() -> None:
    known = failure("connect_refused", host="web1")
    assert (
        with_words(known, "check", "ModuleNotFoundError: No module named 'a'") == known
    )

    unknown = failure("health_check_failed")
    assert with_words(unknown, "check", "all is well\n") == unknown
    assert with_words(unknown, "check", "") == unknown
