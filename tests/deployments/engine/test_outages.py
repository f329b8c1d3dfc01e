"""A server that refuses connections for a while, in the middle of a command."""

import threading

import pytest

from tests.deployments.engine.lab import Lab

LINES = "i=0; while [ $i -lt 300 ]; do i=$((i+1)); echo line $i; sleep 0.01; done"


@pytest.mark.parametrize(
    "seconds", [4, pytest.param(20, marks=pytest.mark.release, id="for long")]
)
def test_a_server_that_refuses_for_some_seconds_is_found_again(
    own_lab: Lab, seconds: float
) -> None:
    """The command runs to its end meanwhile; what it printed lies on the server."""
    deployment = own_lab.start(build_command=LINES)
    deployment.wait_for_log(b"line 20\n")

    own_lab.server.stop()
    back = threading.Timer(seconds, own_lab.server.start)
    back.start()
    assert deployment.thread is not None
    deployment.thread.join(seconds + 30)
    back.join()

    assert deployment.error is None
    expected = "".join(f"line {number}\n" for number in range(1, 301))
    assert deployment.log.decode() == expected
