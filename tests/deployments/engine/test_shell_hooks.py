"""The environment's commands: when they run, with what, and what a failure means."""

import subprocess
from pathlib import Path

import pytest

from deployments.engine.commands.scripts import _exports
from deployments.engine.exceptions import CancelRequested, CommandFailed, LeaseLost
from projects.syntax import SHELL_VARIABLES
from tests.deployments.engine.lab import Lab

#: Tells who runs, in which directory, and what is live then.
TELL = (
    'echo "{0} $COLOUR $(pwd -P | sed s,.*/,,) '
    '$(readlink "$OEC_DEPLOY_PATH/current" | sed s,.*/,,)"'
)


def test_every_command_runs_at_its_point_in_the_new_release(lab: Lab) -> None:
    lab.succeed(variables={"COLOUR": "blue"})
    names = ("build", "release", "activate", "restart", "after")
    commands = {f"{name}_command": TELL.format(name) for name in names}

    deployment = lab.succeed(
        **commands,
        health_check_command=TELL.format("check") + " > $OEC_DEPLOY_PATH/asked",
        variables={"COLOUR": "green"},
    )

    new = deployment.release
    old = deployment.log.split()[3].decode()
    assert old.startswith("v1-")
    assert deployment.log.decode().splitlines() == [
        f"build green {new} {old}",
        f"release green {new} {old}",
        f"activate green {new} {new}",
        f"restart green {new} {new}",
        "healthy",
        f"after green {new} {new}",
    ]
    assert (lab.path / "asked").read_text() == f"check green {new} {new}\n"


def test_variables_that_shells_use_themselves_end_no_command(lab: Lab) -> None:
    """They are refused today; rows and releases from before may have them."""
    names = dict.fromkeys(sorted(SHELL_VARIABLES), "abc")
    deployed = lab.succeed(
        build_command='echo "ran $COLOUR"', variables={**names, "COLOUR": "blue"}
    )
    assert deployed.log == b"ran blue\n"
    assert any("OPTIND" in note and "UID" in note for note in deployed.notes)


def test_bash_as_sh_runs_them_too(tmp_path: Path) -> None:
    names = dict.fromkeys(sorted(SHELL_VARIABLES), "abc")
    script = tmp_path / "environment"
    script.write_text(_exports({**names, "COLOUR": "blue"}))
    for shell in (["bash", "--posix"], ["dash"]):
        command = f". {script} && exec {' '.join(shell)} -ec 'echo ran $COLOUR'"
        done = subprocess.run([*shell, "-c", command], capture_output=True, check=False)
        assert (done.returncode, done.stdout) == (0, b"ran blue\n"), done.stderr


def test_a_failing_activate_command_puts_the_previous_release_back(lab: Lab) -> None:
    tell = 'echo "{0} $OEC_VERSION"'
    before = lab.succeed(
        activate_command=tell.format("activate"), restart_command=tell.format("restart")
    )

    failed = lab.deploy(
        activate_command="echo no; exit 7", restart_command="echo never"
    )

    assert isinstance(failed.error, CommandFailed)
    assert failed.error.exit_code == 7
    assert failed.started[-1] == "activate"
    assert lab.live == before.release
    assert failed.log == b"no\nactivate 1\nrestart 1\n"


def test_the_previous_release_is_restarted_even_if_its_activation_fails(
    lab: Lab,
) -> None:
    before = lab.succeed(
        activate_command="test ! -e ../../broken", restart_command="echo restart 1"
    )

    failed = lab.deploy(activate_command="touch ../../broken; exit 7")

    assert failed.log == b"restart 1\n"
    assert failed.notes[-2:] == [
        f"The activate command of {before.release} failed (exit code 1).",
        f"{before.release} was put back. No health check is kept with it, so whether "
        "it answers is not known.",
    ]


def test_one_command_cannot_end_the_next(lab: Lab) -> None:
    deployment = lab.succeed(
        activate_command="cd /; COLOUR=red; exit 0",
        restart_command=TELL.format("restart"),
        variables={"COLOUR": "blue"},
    )
    assert deployment.log.startswith(f"restart blue {deployment.release}".encode())


def test_a_failing_after_command_is_noted_and_changes_nothing(lab: Lab) -> None:
    lab.succeed()

    deployment = lab.succeed(after_command="echo mailing; exit 7", keep_releases=1)

    assert deployment.log == b"mailing\n"
    assert lab.live == deployment.release
    assert deployment.notes[-1] == (
        "The after command failed (exit code 7). The release stays live."
    )
    assert deployment.finished[-1] == "finish"
    assert (lab.path / ".oec/releases" / deployment.release / "succeeded").exists()


@pytest.mark.parametrize(
    ("limit", "reason"),
    [
        ({"step_timeout_seconds": 1}, "step_timeout"),
        ({"silence_timeout_seconds": 1}, "silence_timeout"),
    ],
)
def test_an_after_command_that_hangs_is_ended(
    lab: Lab, limit: dict[str, int], reason: str
) -> None:
    deployment = lab.succeed(after_command="echo here; sleep 300", **limit)

    assert f"The after command failed ({reason})." in deployment.notes[-1]
    assert lab.live == deployment.release


def test_a_cancel_during_the_after_command_comes_too_late(lab: Lab) -> None:
    deployment = lab.start(after_command="echo here; sleep 300")
    deployment.wait_for_log(b"here")

    deployment.interruption = CancelRequested()
    deployment.join()

    assert deployment.error is None
    assert lab.live == deployment.release
    assert deployment.notes[-1] == (
        "The after command failed (ended early). The release stays live."
    )


def test_whoever_lost_the_row_during_the_after_command_puts_the_old_one_back(
    lab: Lab,
) -> None:
    """The row says by then that the deployment has failed."""
    before = lab.succeed()
    deployment = lab.start(after_command="echo here; sleep 300")
    deployment.wait_for_log(b"here")

    deployment.interruption = LeaseLost()
    deployment.join()

    assert deployment.error is deployment.interruption
    assert lab.live == before.release


def test_a_deployment_without_hooks_says_nothing_of_them(lab: Lab) -> None:
    notes = "\n".join(lab.succeed().notes)

    assert "after" not in notes
    assert "activate" not in notes
