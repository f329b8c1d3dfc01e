"""Deadlines and second attempts, without a server."""

import time
from typing import Any

import pytest

from deployments.engine.exceptions import CancelRequested, EngineError
from deployments.engine.pipeline import remote
from deployments.engine.pipeline.repetition import NETWORK_CODES, repeated
from deployments.engine.pipeline.watch import Watch
from tests.deployments.engine.lab import Lab
from tests.deployments.sshd import Sshd


@pytest.mark.parametrize(
    ("limits", "code", "seconds"),
    [
        ({"seconds": 0}, "step_timeout", 0),
        ({"seconds": 9, "silence_seconds": 0}, "silence_timeout", 0),
        ({"seconds": 9, "total_seconds": 5}, "total_timeout", 5),
    ],
)
def test_each_limit_has_its_own_code(
    limits: dict[str, Any], code: str, seconds: int
) -> None:
    watch = Watch("build", total_since=time.monotonic() - 6, **limits)
    time.sleep(0.001)
    with pytest.raises(EngineError, match=code) as caught:
        watch.tick()
    assert caught.value.facts["seconds"] == seconds


def test_an_interruption_comes_before_any_limit() -> None:
    def checkpoint() -> None:
        raise CancelRequested

    with pytest.raises(CancelRequested):
        Watch("build", seconds=0, checkpoint=checkpoint).tick()


def test_a_pause_can_be_interrupted() -> None:
    started = time.monotonic()
    with pytest.raises(EngineError, match="step_timeout"):
        Watch("build", seconds=0.1).pause(60)
    assert time.monotonic() - started < 5


@pytest.mark.parametrize(
    ("codes", "attempts"),
    [
        (["connect_refused", "connect_timeout"], 3),
        (["connect_refused"] * 3, 3),
        (["auth_failed"], 1),
        ([], 1),
    ],
)
def test_only_what_may_pass_by_itself_is_tried_again(
    codes: list[str], attempts: int
) -> None:
    tried = []

    def action() -> str:
        tried.append(1)
        if len(tried) <= len(codes):
            raise EngineError(codes[len(tried) - 1])
        return "done"

    watch = Watch("connect", seconds=60)
    try:
        result = repeated(action, codes=NETWORK_CODES, pauses=(0, 0), watch=watch)
    except EngineError as error:
        result = error.code
    assert len(tried) == attempts
    assert result == ("done" if len(codes) < attempts else codes[-1])


def test_a_server_that_comes_back_in_time_is_found(
    own_lab: Lab, own_sshd: Sshd, monkeypatch: pytest.MonkeyPatch
) -> None:
    own_sshd.stop()
    original = Watch.pause

    def start_meanwhile(self: Watch, seconds: float) -> None:
        own_sshd.start()
        original(self, seconds)

    monkeypatch.setattr(Watch, "pause", start_meanwhile)
    monkeypatch.setattr(remote, "CONNECT_PAUSES", (0.01,))
    assert own_lab.deploy().error is None
