"""How much output of one deployment is stored, and what the log says of the rest."""

import re
from typing import Any

import pytest

from deployments import lifecycle
from deployments.engine.redaction import Redactor
from deployments.models import Deployment, Status
from deployments.runner.lease import Lease
from deployments.runner.recorder import TAIL_CHARACTERS, Recorder
from projects.models import Environment, User
from tests.factories import make_deployment


def recording(environment: Environment, alice: User) -> Recorder:
    """From here on what the step ``build`` prints is recorded."""
    pending = make_deployment(environment, by=alice, status=Status.PENDING)
    claim = lifecycle.claim(pending.pk, worker="test")
    assert claim
    recorder = Recorder(Lease(claim), Redactor(()))
    recorder.step_started("build")
    return recorder


def written(recorder: Recorder) -> str:
    recorder.step_finished("build")
    recorder.flush()
    chunks = Deployment.objects.get().events.filter(kind="log").order_by("seq")
    return "".join(chunks.values_list("text", flat=True))


def test_output_up_to_the_limit_is_stored_whole(
    settings: Any, environment: Environment, alice: User
) -> None:
    recorder = recording(environment, alice)
    assert settings.LOG_LIMIT_MB == 200
    output = "größer\n" * 100_000
    recorder.log(output.encode())
    assert written(recorder) == output


@pytest.mark.parametrize("letter", ["e", "ü", "日"])
def test_beyond_the_limit_the_end_is_stored_and_the_gap_is_counted(
    letter: str, settings: Any, environment: Environment, alice: User
) -> None:
    settings.LOG_LIMIT_MB = 1
    recorder = recording(environment, alice)
    output = letter * 1_200_000 + "the end\n"
    for start in range(0, len(output), 50_000):
        recorder.log(output[start : start + 50_000].encode())

    text = written(recorder)

    marker = re.search(r"\n\[… (\d+) characters of output are not stored …\]\n", text)
    assert marker
    head, tail = text[: marker.start()], text[marker.end() :]
    assert 1_000_000 - len(letter.encode()) < len(head.encode()) <= 1_000_000
    assert len(tail) == TAIL_CHARACTERS
    assert tail.endswith("the end\n")
    assert len(head) + int(marker[1]) + len(tail) == len(output)
