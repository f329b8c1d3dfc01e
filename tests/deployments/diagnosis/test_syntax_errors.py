"""A syntax error of the deployed code is told with its file and its line."""

import pytest

from deployments.diagnosis import diagnose
from tests.deployments.diagnosis.failures import CASES

PLACES = [
    "/srv/shop/releases/v3/shop/settings.py, line 12,",
    "./app.py, line 4,",
    "/srv/shop/releases/v3/server.js, line 3,",
    "./bin/build.sh, line 3,",
    "./bin/build.sh, line 2,",
    "conf/shop.yml, line 1,",
    "/srv/shop/conf/rates.json, line 2,",
]
OUTPUTS = [case for case in CASES if case.name.startswith("sources-")]


@pytest.mark.parametrize(("number", "place"), list(enumerate(PLACES)))
def test_the_sentence_names_file_and_line(number: int, place: str) -> None:
    case = OUTPUTS[number]
    message = diagnose(case.step, case.exit_code, case.output).message
    assert f", {place} cannot be r" in message


def test_an_error_of_a_step_s_own_command_is_not_one_of_the_repository() -> None:
    printed = '/srv/shop/.oec/steps/v3/build/script: 1: Syntax error: "fi" unexpected'
    assert diagnose("build", 2, printed).code != "syntax_error"
