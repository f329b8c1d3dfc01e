"""What a step prints: every line is in the log, whoever else holds its output."""

import os
import time
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from deployments.engine.exceptions import CommandFailed
from deployments.engine.pipeline.remote import Remote
from tests.deployments.engine.lab import Lab, wait_until

REOPENED = """
for i in 1 2 3; do echo line $i; done
echo out > /dev/stdout
echo err > /dev/stderr
echo own > /proc/self/fd/1
echo tee | tee /dev/stderr
printf 'no end' >> /dev/stderr
"""

#: The one of our own step, by its number, once it follows.
KILL_FOLLOWER = """
echo one
step=$(readlink "/proc/$PPID/cwd")
killed=
until [ -n "$killed" ]; do
    for process in /proc/[0-9]*; do
        [ "$(readlink "$process/cwd")" = "$step" ] || continue
        [ "$(cat "$process/comm")" = tail ] || continue
        kill -KILL "${process#/proc/}" && killed=yes
    done
done
echo killed
"""


def test_a_command_may_open_its_output_again(lab: Lab) -> None:
    deployment = lab.succeed(build_command=REOPENED)
    assert deployment.log == (
        b"line 1\nline 2\nline 3\nout\nerr\nown\ntee\ntee\nno end"
    )


def test_a_flood_before_the_end_is_in_the_log_to_its_last_byte(lab: Lab) -> None:
    began = time.monotonic()
    failed = lab.deploy(build_command="seq 1000000; printf last; exit 3")
    assert time.monotonic() - began < 20
    assert isinstance(failed.error, CommandFailed)
    assert failed.error.exit_code == 3
    expected = "".join(f"{number}\n" for number in range(1, 1_000_001)) + "last"
    assert failed.log.decode() == expected


@pytest.mark.parametrize(
    "pause", ["0.02", "0"], ids=["one that talks", "one that floods"]
)
def test_what_outlives_its_step_goes_on_printing_to_nobody(
    lab: Lab, pause: str
) -> None:
    service = f"while echo tick; do sleep {pause}; done"
    if pause == "0":
        service = "while echo tick; do :; done"
    deployment = lab.succeed(
        build_command=f"echo before; nohup sh -c '{service}' & echo $! > pid; "
        "seq 20000; echo end"
    )
    pid = int((lab.path / "current" / "pid").read_text())
    try:
        numbers = "".join(f"{number}\n" for number in range(1, 20_001))
        own = deployment.log.replace(b"tick\n", b"").decode()
        assert own.startswith(f"before\n{numbers}end\n")
        printed = _written_by(pid)
        wait_until(lambda: _written_by(pid) > printed, "it goes on printing")
        assert _open_below(lab.path / ".oec" / "steps", "log") == []
    finally:
        os.kill(pid, 9)


def test_whoever_looks_for_the_application_by_its_name_does_not_find_its_step(
    lab: Lab,
) -> None:
    """Nor by a part of its path: then ``pkill -f`` cannot hit the step either."""
    look = f"pgrep -af '{lab.path}' || echo nobody"
    deployment = lab.succeed(build_command=look, restart_command=look)
    assert deployment.log == b"nobody\nnobody\n"


def test_a_follower_that_is_killed_is_no_result_of_the_step(lab: Lab) -> None:
    failed = lab.deploy(build_command=KILL_FOLLOWER * 2 + "echo two; exit 3")
    assert isinstance(failed.error, CommandFailed)
    assert failed.error.exit_code == 3
    assert failed.log == b"one\nkilled\none\nkilled\ntwo\n"


def test_output_that_a_connection_did_not_bring_is_fetched(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    run = Remote.run
    starts: list[object] = []

    def run_in_part(self, command, send, receive, watch) -> object:
        """The end of the first follower's output is lost on the way."""
        if not (isinstance(send, list) and b"# Start a step" in send[0]):
            return run(self, command, send, receive, watch)
        starts.append(send)
        got = bytearray()
        code = run(self, command, send, got.extend, watch)
        receive(bytes(got[: len(got) // 2]))
        return code

    monkeypatch.setattr(Remote, "run", run_in_part)
    deployment = lab.succeed(build_command="seq 50000")
    assert len(starts) == 1
    assert deployment.log.decode() == "".join(f"{n}\n" for n in range(1, 50_001))


@pytest.mark.release
def test_the_logs_of_24_noisy_deployments_at_once_are_whole(
    lab: Lab, tmp_path: Path
) -> None:
    labs = []
    for number in range(24):
        other = Lab(tmp_path / f"lab-{number}", lab.server, lab.origin)
        other.path.parent.mkdir()
        labs.append(other)
    with ThreadPoolExecutor(24) as pool:
        done = list(pool.map(lambda lab: lab.deploy(build_command="seq 100000"), labs))
    expected = "".join(f"{number}\n" for number in range(1, 100_001)).encode()
    assert [deployment.error for deployment in done] == [None] * 24
    assert all(deployment.log == expected for deployment in done)


@pytest.mark.parametrize(
    ("first", "printed"),
    [
        ("#!/bin/bash", b"bash yes\n"),
        ("#!/usr/bin/env bash\r", b"bash yes\n"),
        ("#! /bin/bash -eu", b"bash yes\n"),
        ("# no interpreter", b"sh\n"),
    ],
)
def test_the_first_line_of_a_command_names_its_interpreter(
    lab: Lab, first: str, printed: bytes
) -> None:
    command = 'test -n "$BASH" && [[ a == a ]] && echo bash yes || echo sh'
    assert lab.succeed(build_command=f"{first}\n{command}").log == printed


def test_an_interpreter_may_be_of_any_language(lab: Lab) -> None:
    build = "#!/usr/bin/env python3\nimport os\nprint(os.environ['OEC_VERSION'])"
    assert lab.succeed(build_command=build).log == b"1\n"


def test_an_interpreter_that_is_missing_is_named(lab: Lab) -> None:
    failed = lab.deploy(build_command="#!/opt/none/ruby\nputs 1")
    assert isinstance(failed.error, CommandFailed)
    assert failed.error.exit_code == 127
    assert b"/opt/none/ruby: not found" in failed.log


def _written_by(pid: int) -> int:
    text = Path(f"/proc/{pid}/io").read_text()
    return int(text.partition("wchar: ")[2].split()[0])


def _open_below(folder: Path, name: str) -> list[str]:
    found = []
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        try:
            target = str(link.readlink())
        except OSError:
            continue
        if target.startswith(str(folder)) and f"/{name}" in target:
            found.append(target)
    return found
