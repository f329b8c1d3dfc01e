"""What a deployment does when something around it fails, over a real sshd."""

import os
import threading
from pathlib import Path
from uuid import UUID

import pytest

from deployments.engine.commands import scripts
from deployments.engine.exceptions import CancelRequested, CommandFailed, EngineError
from deployments.engine.pipeline import remote
from tests.deployments.engine.lab import PROJECT, Deployment, Lab, wait_until
from tests.deployments.sshd import Sshd

RESTART = 'echo "$OEC_VERSION $COLOUR" >> "$OEC_DEPLOY_PATH/restarts"'
WAIT_FOR_GATE = 'until test -e "$OEC_DEPLOY_PATH/gate"; do sleep 0.02; done'


def test_a_failing_health_check_puts_the_previous_release_back(lab: Lab) -> None:
    before = lab.succeed(restart_command=RESTART, variables={"COLOUR": "blue"})

    failed = lab.deploy(
        restart_command="false && " + RESTART + " || " + RESTART,
        variables={"COLOUR": "green"},
        health_check_command="echo not yet; false",
        health_check_timeout_seconds=1,
    )

    assert failed.code == "health_check_failed"
    assert isinstance(failed.error, EngineError)
    assert failed.error.facts["detail"] == "not yet"
    assert lab.live == before.release
    restarts = (lab.path / "restarts").read_text().splitlines()
    assert restarts == ["1 blue", "2 green", "1 blue"]
    assert failed.notes[-1].startswith(f"{before.release} was put back. No health")


def test_a_failing_restart_puts_the_previous_release_back(lab: Lab) -> None:
    before = lab.succeed(restart_command=RESTART, variables={"COLOUR": "blue"})

    failed = lab.deploy(restart_command="exit 7")

    assert isinstance(failed.error, CommandFailed)
    assert failed.error.exit_code == 7
    assert lab.live == before.release
    assert (lab.path / "restarts").read_text() == "1 blue\n1 blue\n"


def test_a_first_deployment_that_fails_leaves_nothing_live(lab: Lab) -> None:
    failed = lab.deploy(restart_command="exit 7")

    assert isinstance(failed.error, CommandFailed)
    assert lab.live == ""
    assert not (lab.path / "current").is_symlink()


def test_a_release_that_is_not_the_commit_is_put_back(lab: Lab) -> None:
    before = lab.succeed()

    failed = lab.deploy(restart_command="echo 0000 > REVISION")

    assert failed.code == "commit_mismatch"
    assert lab.live == before.release


def test_a_cancelled_health_check_puts_the_previous_release_back(lab: Lab) -> None:
    before = lab.succeed()
    deployment = lab.start(
        health_check_command="echo asked; false", health_check_timeout_seconds=60
    )
    deployment.wait_for_log(b"asked")

    deployment.interruption = CancelRequested()
    deployment.join()

    assert deployment.error is deployment.interruption
    assert lab.live == before.release


def test_two_deployments_at_once_are_refused_by_the_server(lab: Lab) -> None:
    first = lab.start(build_command="echo here; " + WAIT_FOR_GATE)
    try:
        first.wait_for_log(b"here")
        second = lab.deploy()
    finally:
        _open_gate(lab, first)

    assert second.code == "target_busy"
    assert isinstance(second.error, EngineError)
    assert second.error.facts["holder"] == f"v1 ({first.plan.deployment_id})"
    assert second.error.facts["since"].startswith("20")
    assert first.error is None
    assert lab.succeed().error is None, "the lock was given back"


def test_the_server_refuses_whoever_is_older_than_its_newest_visitor(lab: Lab) -> None:
    older = lab.plan()
    newer = lab.succeed()

    late = Deployment(older)
    late.run()

    # While it has its lease, no newer one can have been given out by this console.
    assert late.code == "console_behind"
    assert isinstance(late.error, EngineError)
    assert (late.error.facts["holder"], late.error.facts["version"]) == ("v2", "v1")
    assert lab.live == newer.release


def test_a_project_does_not_deploy_over_another_one(own_lab: Lab) -> None:
    live = own_lab.succeed()
    other = own_lab.deploy(project_id=UUID(int=2))
    assert other.code == "deploy_path_taken"
    assert isinstance(other.error, EngineError)
    assert other.error.facts["holder"] == str(PROJECT)
    assert own_lab.live == live.release

    (own_lab.path / ".oec" / "fence").unlink()

    own_lab.version = 0
    first = own_lab.succeed(project_id=UUID(int=2))
    assert first.plan.version == 1
    assert own_lab.live == first.release


def test_a_fence_that_names_no_project_is_taken_over(own_lab: Lab) -> None:
    own_lab.succeed()
    (own_lab.path / ".oec" / "fence").write_text("1\n")
    newer = own_lab.succeed()
    assert own_lab.live == newer.release
    assert (own_lab.path / ".oec" / "fence").read_text() == f"2 {PROJECT}\n"


def test_a_dead_holder_loses_the_lock_to_a_newer_deployment(lab: Lab) -> None:
    """Its connection is gone without the server knowing, and so are its beats."""
    first = lab.start(build_command="echo here; " + WAIT_FOR_GATE)
    first.wait_for_log(b"here")
    os.utime(lab.path / ".oec" / "beat", (0, 0))

    second = lab.deploy()
    _open_gate(lab, first)

    assert second.error is None
    assert first.error is not None
    assert lab.live == second.release


def test_what_a_killed_attempt_left_running_is_ended_first(own_lab: Lab) -> None:
    first = own_lab.start(build_command=_family("trap '' TERM"))
    first.wait_for_log(b"ready")
    family = _pids(first)
    first.interruption = CancelRequested()
    own_lab.server.stop()
    first.join()
    assert first.remains.outcome == "unknown"
    assert all(map(_runs, family)), "nobody could end them"

    own_lab.server.start()
    second = own_lab.deploy(build_command=_report_on(family))

    assert second.error is None
    assert second.log.split() == [b"gone"] * len(family)


def test_a_cut_connection_is_taken_up_again_without_losing_a_byte(
    own_lab: Lab,
    own_sshd: Sshd,
) -> None:
    deployment = own_lab.start(
        build_command="i=0; while [ $i -lt 400 ]; do i=$((i+1)); echo line $i; "
        "sleep 0.005; done; exit 3"
    )
    for line in (b"line 20\n", b"line 150\n"):
        deployment.wait_for_log(line)
        own_sshd.cut()
    deployment.join()

    assert isinstance(deployment.error, CommandFailed)
    assert deployment.error.exit_code == 3
    expected = "".join(f"line {number}\n" for number in range(1, 401))
    assert deployment.log.decode() == expected
    assert deployment.notes.count("Connected again.") == 2


def test_a_cut_during_the_transfer_is_survived(own_lab: Lab, own_sshd: Sshd) -> None:
    own_lab.succeed()
    original = remote.Remote.exchange
    cuts = iter([own_sshd.cut])

    def exchange(self, command, send, watch) -> object:
        if "receive" in command:
            next(cuts, lambda: None)()
        return original(self, command, send, watch)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(remote.Remote, "exchange", exchange)
        deployment = own_lab.deploy()

    assert deployment.error is None
    assert own_lab.live == deployment.release


def test_a_server_that_stays_away_ends_the_run_as_connection_lost(
    own_lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(remote, "RECONNECT_SECONDS", 0.5)
    monkeypatch.setattr(remote, "MOST_RECONNECT_SECONDS", 0.5)
    before = own_lab.succeed()
    deployment = own_lab.start(build_command="echo here; sleep 60")
    deployment.wait_for_log(b"here")

    own_lab.server.stop()
    deployment.join()

    assert deployment.code == "connection_lost"
    assert own_lab.live == before.release
    own_lab.server.start()
    assert own_lab.deploy().error is None


def test_a_result_that_is_missing_is_never_a_success(lab: Lab) -> None:
    deployment = lab.deploy(build_command="kill -9 $PPID; sleep 0.2; echo done")

    assert deployment.code == "step_shell_killed"
    assert deployment.started[-1] == "build"


def test_a_launcher_killed_before_it_told_its_number_is_not_waited_for(
    lab: Lab, monkeypatch: pytest.MonkeyPatch
) -> None:
    told = scripts._BODIES["launch"]
    assert 'echo "$pid"' in told
    killed = told.replace('echo "$pid"', "kill -9 $$")
    monkeypatch.setitem(scripts._BODIES, "launch", killed)
    deployment = lab.deploy(build_command="echo begun; sleep 300")

    assert deployment.code == "step_shell_killed"
    assert deployment.started[-1] == "build"


@pytest.mark.parametrize("stubborn", ["", "trap '' TERM"])
def test_cancelling_ends_the_whole_family_of_a_command(lab: Lab, stubborn: str) -> None:
    deployment = lab.start(build_command=_family(stubborn))
    deployment.wait_for_log(b"ready")
    family = _pids(deployment)
    assert all(map(_runs, family))

    deployment.interruption = CancelRequested()
    deployment.join()

    assert deployment.error is deployment.interruption
    assert deployment.remains.outcome == "ended"
    assert not any(map(_runs, family))


def test_cancelling_a_command_whose_connection_is_dead_ends_it_over_a_new_one(
    own_lab: Lab,
    own_sshd: Sshd,
) -> None:
    deployment = own_lab.start(build_command=_family(""))
    deployment.wait_for_log(b"ready")
    family = _pids(deployment)

    deployment.interruption = CancelRequested()
    own_sshd.cut()
    deployment.join()

    assert deployment.error is deployment.interruption
    assert deployment.remains.outcome == "ended"
    assert not any(map(_runs, family))


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"step_timeout_seconds": 1}, "step_timeout"),
        ({"silence_timeout_seconds": 1}, "silence_timeout"),
        ({"total_timeout_seconds": 4}, "total_timeout"),
    ],
)
def test_a_command_that_takes_too_long_is_ended(
    lab: Lab, limit: dict[str, int], code: str
) -> None:
    deployment = lab.deploy(build_command=_family(""), **limit)

    assert deployment.code == code
    assert not any(map(_runs, _pids(deployment)))


def test_a_command_that_keeps_talking_is_not_silent(lab: Lab) -> None:
    deployment = lab.deploy(
        build_command="for i in 1 2 3 4 5 6; do echo $i; sleep 0.25; done",
        silence_timeout_seconds=1,
    )
    assert deployment.error is None


def test_a_path_that_cannot_be_written_is_named(lab: Lab, tmp_path: Path) -> None:
    (tmp_path / "srv").write_text("a file is in the way")

    deployment = lab.deploy()

    assert deployment.code == "deploy_path_unwritable"
    assert isinstance(deployment.error, EngineError)
    assert deployment.error.facts["path"] == str(lab.path)


def test_no_thread_survives_a_deployment(own_lab: Lab) -> None:
    before = threading.active_count()
    own_lab.succeed()
    own_lab.deploy(build_command="exit 1")
    own_lab.server.stop()
    assert own_lab.deploy().code == "connect_refused"
    wait_until(lambda: threading.active_count() == before, "the threads to end")


def _family(preparation: str) -> str:
    """Three generations that wait; their numbers are the first words of the log."""
    return (
        f"{preparation}\n"
        "(sleep 300 & echo $!; wait) & echo $!\n"
        "echo $$; sleep 0.1; echo ready; wait"
    )


def _pids(deployment: Deployment) -> list[int]:
    numbers = [int(word) for word in deployment.log.split() if word.isdigit()]
    assert len(numbers) == 3
    return numbers


def _report_on(family: list[int]) -> str:
    """A process that nobody has reaped yet is gone all the same."""
    return "\n".join(
        f"case $(ps -o stat= -p {pid}) in ''|Z*) echo gone;; esac" for pid in family
    )


def _runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


def _open_gate(lab: Lab, deployment: Deployment) -> None:
    (lab.path / "gate").touch()
    deployment.join()
