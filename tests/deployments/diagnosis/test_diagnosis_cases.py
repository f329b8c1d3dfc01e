"""Every rule, on what the tools really print."""

import pytest

from deployments.diagnosis import CATALOGUE, FailureClass, diagnose
from deployments.diagnosis.order import RULES
from deployments.diagnosis.verdict import recognize
from tests.deployments.diagnosis.failures import CASES, Case

RECOGNIZED = [
    case for case in CASES if case.code not in {"command_failed", "result_unknown"}
]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_real_output_gets_its_code(case: Case) -> None:
    assert diagnose(case.step, case.exit_code, case.output).code == case.code


def test_every_rule_decides_at_least_one_recorded_output() -> None:
    recognized = (recognize(*case[1:4]) for case in CASES)
    deciding = {id(pair[0]) for pair in recognized if pair}

    assert [rule for rule in RULES if id(rule) not in deciding] == []


def test_the_cause_is_found_between_the_noise_of_a_long_log() -> None:
    before = "".join(f"Preparing item {number} of 60\n" for number in range(60))
    # Every third: a long log costs the rules much time, and they are asked alike.
    for case in RECOGNIZED[::3]:
        output = f"{before}{case.output}\nremoving the build directory\n"
        assert diagnose(case.step, case.exit_code, output).code == case.code, case.name


def test_colours_and_carriage_returns_do_not_hide_the_cause() -> None:
    for case in RECOGNIZED:
        lines = case.output.splitlines()
        output = "\r\n".join(f"\x1b[1;31m{line}\x1b[0m\x1b[K" for line in lines)
        assert diagnose(case.step, case.exit_code, output).code == case.code, case.name


def test_the_evidence_is_a_line_of_the_output() -> None:
    for case in CASES:
        evidence = diagnose(case.step, case.exit_code, case.output).evidence
        assert evidence.strip("…") in case.output, case.name


def test_no_output_of_broken_code_is_ever_answered_with_retry() -> None:
    broken = [
        case
        for case in CASES
        if CATALOGUE[case.code].failure_class is FailureClass.CODE
    ]

    assert len(broken) > 100
    for case in broken:
        verb = diagnose(case.step, case.exit_code, case.output).verb
        assert verb == "redeploy", case.name
