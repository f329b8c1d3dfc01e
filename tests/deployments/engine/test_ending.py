"""Ended means ended: whoever a step has started, wherever it went."""

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from shutil import which

import pytest

from deployments.engine.commands import scripts
from deployments.engine.commands.layout import Layout
from deployments.engine.exceptions import CancelRequested
from tests.deployments.engine.lab import Deployment, Lab, wait_until

#: A process that says its number once it runs, and goes on.
WORK = 'echo $$ >>"$OEC_DEPLOY_PATH/pids"; while :; do sleep 0.1; done'
AWAY = {
    "timeout": f"timeout 600 sh -c '{WORK}'",
    "a session of its own": f"setsid -w sh -c '{WORK}'",
    "job control": f"bash -mc \"sh -c '{WORK}' & wait\"",
    "a daemon": f"setsid setsid sh -c '{WORK}' >/dev/null 2>&1 & sleep 60",
    "a daemon that has closed everything": (
        f"(cd / && exec setsid -f sh -c '{WORK}' <&- >&- 2>&-); sleep 60"
    ),
    "deaf to TERM": f"timeout 600 sh -c \"trap '' TERM; {WORK.replace(chr(34), '')}\"",
    "without our variables": f"env -i OEC_DEPLOY_PATH=$OEC_DEPLOY_PATH timeout 600 "
    f"sh -c '{WORK}'",
}


@pytest.fixture(autouse=True)
def nobody_is_left(tmp_path: Path) -> Iterator[None]:
    yield
    for file in tmp_path.rglob("pids"):
        for pid in file.read_text().split():
            with suppress(ProcessLookupError):
                os.kill(int(pid), signal.SIGKILL)


def pids(lab: Lab) -> list[int]:
    file = lab.path / "pids"
    return [int(pid) for pid in file.read_text().split()] if file.exists() else []


def runs(pid: int) -> bool:
    """Whether it does; a zombie does not."""
    try:
        return (
            Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
        )
    except OSError:
        return False


def working(lab: Lab, **commands: str) -> Deployment:
    deployment = lab.start(**commands)
    wait_until(lambda: pids(lab) or deployment.error, "it works")
    assert all(map(runs, pids(lab))), deployment.log
    return deployment


@pytest.mark.parametrize("how", AWAY)
def test_a_cancel_ends_whoever_left_the_group(lab: Lab, how: str) -> None:
    deployment = working(lab, build_command=AWAY[how])

    deployment.interruption = CancelRequested()
    deployment.join()

    assert not any(map(runs, pids(lab)))
    assert (deployment.remains.outcome, deployment.remains.still_running) == (
        "ended",
        "",
    )


def test_a_limit_ends_whoever_left_the_group(lab: Lab) -> None:
    deployment = lab.deploy(build_command=AWAY["timeout"], silence_timeout_seconds=1)
    assert deployment.code == "silence_timeout"
    assert pids(lab)
    assert not any(map(runs, pids(lab)))
    assert deployment.remains.outcome == "ended"


def test_the_next_deployment_first_ends_what_an_older_attempt_left(
    own_lab: Lab,
) -> None:
    first = working(own_lab, build_command=AWAY["a session of its own"])
    first.interruption = CancelRequested()
    own_lab.server.stop()
    first.join()
    (left,) = pids(own_lab)
    assert runs(left)
    assert first.remains.outcome == "unknown"

    own_lab.server.start()
    # A process that nobody has reaped yet is gone all the same.
    gone = f"case $(ps -o stat= -p {left}) in ''|Z*) ;; *) exit 1 ;; esac"
    second = own_lab.deploy(build_command=gone)

    assert second.error is None, second.log


def test_a_service_that_a_finished_step_started_is_spared(lab: Lab) -> None:
    first = lab.succeed(restart_command=f"nohup sh -c '{WORK}' >/dev/null 2>&1 &")
    (service,) = pids(lab)
    assert first.remains.outcome == "finished"

    second = lab.start(build_command="echo here; sleep 60")
    second.wait_for_log(b"here")
    second.interruption = CancelRequested()
    second.join()

    assert runs(service)


def test_a_put_back_ends_what_the_new_version_had_started_and_nothing_else(
    lab: Lab,
) -> None:
    start = f"nohup sh -c '{WORK}' >/dev/null 2>&1 & sleep 0.3"
    lab.succeed(restart_command=start)
    (old,) = pids(lab)

    failed = lab.deploy(restart_command=start, health_check_command="false")

    assert failed.code == "health_check_failed"
    _, new, again = pids(lab)
    assert not runs(new), "its own service ended before the old version started again"
    assert runs(old), "a command that stops it was never given"
    assert runs(again), "the old version's restart ran"


def test_the_service_of_a_first_version_that_fails_its_check_does_not_go_on(
    lab: Lab,
) -> None:
    failed = lab.deploy(
        restart_command=f"nohup setsid sh -c '{WORK}' >/dev/null 2>&1 & sleep 0.3",
        health_check_command="false",
    )
    assert failed.code == "health_check_failed"
    (service,) = pids(lab)
    assert not runs(service)
    assert lab.live == ""


@pytest.mark.needs_root
@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc")
def test_who_belongs_to_another_account_and_refuses_is_named(tmp_path: Path) -> None:
    """As when sudo started it: its family is ours, it is not."""
    step = tmp_path / ".oec" / "steps" / "v1" / "build"
    step.mkdir(parents=True)
    foreign = subprocess.Popen(["setsid", "sleep", "60"])
    try:
        wait_until(lambda: os.getsid(foreign.pid) == foreign.pid, "its own session")
        stat = Path(f"/proc/{foreign.pid}/stat").read_text()
        boot = Path("/proc/sys/kernel/random/boot_id").read_text().strip()
        started = stat.rpartition(")")[2].split()[19]
        (step / "pid").write_text(f"{foreign.pid} {started} {boot}\n")
        for path in (tmp_path, *tmp_path.rglob("*")):
            os.chown(path, 65534, 65534)
        for parent in tmp_path.parents:
            if parent.stat().st_uid == 0 and parent != Path("/"):
                parent.chmod(parent.stat().st_mode | 0o011)
        layout = Layout(str(tmp_path), "p", 1, "d", "0" * 40)

        answer = subprocess.run(
            ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "sh", "-s"],
            input=scripts.end(layout, "build", grace_seconds=0.2),
            capture_output=True,
            text=True,
            check=False,
        )

        assert answer.returncode == 75
        assert f"detail=pid {foreign.pid} of user root\n" in answer.stdout
        assert foreign.poll() is None
    finally:
        foreign.kill()
        foreign.wait()


def test_a_busy_server_does_not_prolong_the_grace(tmp_path: Path) -> None:
    """Where each look takes long, the clock counts: looks would never come to KILL."""
    step = tmp_path / "srv" / ".oec" / "steps" / "v1" / "build"
    step.mkdir(parents=True)
    (step / "marker").write_text("busy/build/\n")
    looks = tmp_path / "looks"
    slow = tmp_path / "bin" / "grep"
    slow.parent.mkdir()
    slow.write_text(
        f'#!/bin/sh\necho >>{looks}\nsleep 0.5\nexec {which("grep")} "$@"\n'
    )
    slow.chmod(0o755)
    deaf = subprocess.Popen(
        ["sh", "-c", "trap '' TERM; while :; do sleep 0.1; done"],
        env=os.environ | {"OEC_STEP": "busy/build/"},
    )
    try:
        layout = Layout(str(tmp_path / "srv"), "p", 1, "d", "0" * 40)
        answer = subprocess.run(
            ["sh", "-s"],
            input=scripts.end(layout, "build", grace_seconds=2),
            env=os.environ | {"PATH": f"{slow.parent}:{os.environ['PATH']}"},
            capture_output=True,
            text=True,
            check=False,
        )
        assert (answer.returncode, answer.stdout) == (0, "oec:\tended\n"), answer.stderr
        assert deaf.wait() == -signal.SIGKILL
        assert len(looks.read_text()) < 12, "a tenth of a second was a whole look"
    finally:
        deaf.kill()
        deaf.wait()


def test_ending_says_in_the_log_who_could_not_be_ended(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    refusal = "printf 'oec:\\trefused\\tleftover_running\\tdetail=pid 7 of user bob\\n'"
    monkeypatch.setattr(
        "deployments.engine.commands.end", lambda *_, **__: f"{refusal}; exit 75\n"
    )
    deployment = working(lab, build_command=WORK)
    deployment.interruption = CancelRequested()
    deployment.join()

    assert deployment.remains.still_running == "pid 7 of user bob"
    assert deployment.remains.outcome == "unknown"
    assert any("still runs pid 7 of user bob" in note for note in deployment.notes)
