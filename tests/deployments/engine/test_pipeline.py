"""Deploying over a real sshd: what ends up where."""

import os
import subprocess
from pathlib import Path

import pytest

from deployments.engine.exceptions import CommandFailed
from deployments.engine.pipeline import STEPS
from tests.deployments.engine.lab import Deployment, Lab
from tests.deployments.engine.repository import Repository

HOSTILE = {
    "QUOTES": """it's "quoted" `id` $(id) $HOME \\ \\n %s !x""",
    "LINES": "first\nsecond\n\nlast\n\n",
    "SPACES": "  two  spaces\tand a tab ",
    "UNICODE": "é € 😀 \u202e \x80\x81\x88\x1b[0m",
    "CARRIAGE": "dos\r\nline\r",
    "EMPTY": "",
    "LONG": "x" * 32_000,
}


@pytest.fixture(params=["sshd", "sandbox"])
def lab(request: pytest.FixtureRequest, tmp_path: Path, origin: Repository) -> Lab:
    """All of this must work on OpenSSH and on the bundled sandbox server alike."""
    return Lab(tmp_path, request.getfixturevalue(request.param), origin)


def test_a_deployment_puts_the_head_of_the_branch_live(lab: Lab) -> None:
    deployment = lab.succeed(
        build_command="cp app.txt built.txt", restart_command="touch restarted"
    )
    head = lab.origin.commit("Two", {"app.txt": "two\n"})

    assert deployment.resolved == [(deployment.commit, "Begin")]
    assert deployment.started == deployment.finished == [step.name for step in STEPS]
    assert lab.live == deployment.release != f"v2-{head[:12]}"
    assert lab.file("built.txt") == "one\n"
    assert lab.file("restarted") == ""
    assert lab.file("REVISION") == deployment.commit + "\n"


def test_the_next_deployment_replaces_it_and_sends_only_what_is_missing(
    lab: Lab,
) -> None:
    noise = os.urandom(200_000).hex()
    lab.origin.commit("Big", {"noise.txt": noise})
    first = lab.succeed()
    lab.origin.commit("Small", {"app.txt": "two\n"})

    second = lab.succeed()

    assert lab.live == second.release
    assert lab.file("noise.txt") == noise
    assert _sent(first) > 100_000
    assert _sent(second) < 1_000


def test_a_retry_deploys_the_same_commit_when_the_origin_is_gone(lab: Lab) -> None:
    failed = lab.deploy(build_command="test -e /nonexistent || exit 3")
    lab.origin.commit("Two", {"app.txt": "two\n"})
    lab.origin.remove()

    retry = lab.retry(failed, build_command="")

    assert retry.error is None
    assert retry.resolved == []
    assert lab.file("REVISION").strip() == failed.commit
    assert lab.file("app.txt") == "one\n"


def test_a_retry_deploys_the_same_commit_after_a_force_push(lab: Lab) -> None:
    failed = lab.deploy(build_command="exit 3")
    lab.origin.force_push_away()
    lab.deploy(build_command="exit 3")  # fetches the rewritten branch

    assert lab.retry(failed, build_command="").error is None
    assert lab.file("REVISION").strip() == failed.commit


def test_values_arrive_byte_for_byte(lab: Lab) -> None:
    lab.succeed(
        variables=HOSTILE,
        build_command="python3 -c 'import os, pathlib\nfor name, value in "
        "os.environb.items(): pathlib.Path(os.fsdecode(name)).write_bytes(value)'",
    )
    live = lab.path / "current"
    assert {name: (live / name).read_bytes() for name in HOSTILE} == {
        name: value.encode() for name, value in HOSTILE.items()
    }


def test_commands_are_told_what_they_deploy(lab: Lab) -> None:
    deployment = lab.succeed(build_command="env | grep ^OEC_ | sort; pwd")
    release = lab.path / "releases" / deployment.release
    assert deployment.log.decode().splitlines() == [
        "OEC_BRANCH=main",
        f"OEC_COMMIT={deployment.commit}",
        f"OEC_DEPLOYMENT_ID={deployment.plan.deployment_id}",
        f"OEC_DEPLOY_PATH={lab.path}",
        "OEC_ENVIRONMENT=Production",
        f"OEC_RELEASE_PATH={release}",
        f"OEC_STEP={deployment.plan.deployment_id}/build/",
        "OEC_VERSION=1",
        str(release),
    ]


def test_no_value_is_visible_in_the_arguments_of_any_process(lab: Lab) -> None:
    secret = "canary-d41d8cd98f00b204"
    gate = lab.path.parent / "gate"
    deployment = lab.start(
        variables={"SECRET": secret},
        build_command=f"echo waiting; until test -e {gate}; do sleep 0.05; done",
    )
    try:
        deployment.wait_for_log(b"waiting")
        arguments = _arguments_of_all_processes()
    finally:
        gate.touch()
        deployment.join()

    assert deployment.error is None
    assert b"cwd/script" in arguments
    # Nor the folder: who kills by the name of the application must not hit the step.
    assert str(lab.path).encode() not in arguments
    assert secret.encode() not in arguments
    assert _files_open_to_others(lab.path / ".oec") == []


def test_a_failing_command_is_reported_with_its_exit_code_and_output(
    lab: Lab,
) -> None:
    before = lab.succeed()

    failed = lab.deploy(build_command="echo no such module >&2; exit 42; echo never")

    assert isinstance(failed.error, CommandFailed)
    assert failed.error.exit_code == 42
    assert failed.error.output == failed.log.decode() == "no such module\n"
    assert failed.started[-1] == "build"
    assert lab.live == before.release


def test_a_command_stops_at_its_first_failing_line(lab: Lab) -> None:
    failed = lab.deploy(release_command="echo one\nfalse\necho two")

    assert isinstance(failed.error, CommandFailed)
    assert failed.log == b"one\n"


def test_an_unbalanced_quote_fails_its_own_command_only(lab: Lab) -> None:
    failed = lab.deploy(build_command="echo 'open\n}; touch /nonexistent/x")

    assert isinstance(failed.error, CommandFailed)
    assert failed.error.exit_code == 2
    assert failed.started[-1] == "build"


def test_old_releases_are_removed_but_the_live_one_and_the_one_before(
    lab: Lab,
) -> None:
    releases = [lab.succeed(keep_releases=5).release for _ in range(4)]
    lab.deploy(build_command="exit 1")

    newest = lab.succeed(keep_releases=1).release

    assert sorted(os.listdir(lab.path / "releases")) == [releases[-1], newest]
    assert sorted(os.listdir(lab.path / ".oec" / "steps")) == []
    assert sorted(os.listdir(lab.path / ".oec" / "releases")) == [
        releases[-1],
        newest,
    ]
    assert len(_references(lab)) == 2


def test_what_a_failed_attempt_left_makes_room_for_the_next(lab: Lab) -> None:
    lab.succeed(keep_releases=9)
    failed = lab.deploy(build_command="echo rubbish > rubbish; exit 1")
    assert (lab.path / "releases" / failed.release / "rubbish").exists()

    lab.succeed(keep_releases=9)

    assert not (lab.path / "releases" / failed.release).exists()
    assert len(os.listdir(lab.path / "releases")) == 2


def test_what_a_repository_contains_cannot_write_elsewhere(
    lab: Lab, tmp_path: Path
) -> None:
    victim = tmp_path / "victim"
    victim.write_text("untouched")
    hook = tmp_path / "hook-ran"
    lab.origin.path.joinpath("REVISION").symlink_to(victim)
    lab.origin.path.joinpath("link").symlink_to(tmp_path)
    lab.origin.commit(
        "Hostile",
        {
            ".gitattributes": "* filter=evil\n",
            "hooks/post-checkout": f"touch {hook}",
            ".gitmodules": '[submodule "x"]\n\tpath = x\n\turl = ext::touch%20x\n',
        },
    )

    deployment = lab.succeed()

    assert victim.read_text() == "untouched"
    assert not hook.exists()
    assert lab.file("REVISION").strip() == deployment.commit
    assert not (lab.path / "current" / "REVISION").is_symlink()


def test_a_half_made_release_is_replaced(lab: Lab) -> None:
    lab.succeed()
    plan_release = f"v2-{lab.origin.commit('Two', {'app.txt': 'two'})[:12]}"
    half = lab.path / "releases" / plan_release
    half.mkdir()
    (half / "rubbish").touch()
    (lab.path / "releases" / ".new-v1-abc").mkdir()

    assert lab.succeed().release == plan_release
    assert not (half / "rubbish").exists()
    assert not (lab.path / "releases" / ".new-v1-abc").exists()


def test_a_directory_named_current_is_not_destroyed(lab: Lab) -> None:
    precious = lab.path / "current" / "precious"
    precious.parent.mkdir(parents=True)
    precious.touch()

    assert lab.deploy().code == "current_not_a_link"
    assert precious.exists()


def test_a_step_ends_although_its_daemon_holds_the_output_open(lab: Lab) -> None:
    deployment = lab.succeed(restart_command="sleep 60 & echo $! > daemon; echo ok")
    daemon = int(lab.file("daemon"))
    try:
        assert _runs(daemon)
        assert lab.succeed().error is None, "the daemon does not hold the lock"
    finally:
        os.kill(daemon, 9)
    assert deployment.log == b"ok\n"


def test_floods_of_output_neither_hang_nor_get_lost(lab: Lab) -> None:
    deployment = lab.succeed(
        build_command="head -c 4000000 /dev/zero | tr '\\0' e >&2 & "
        "head -c 4000000 /dev/zero | tr '\\0' o; wait"
    )
    assert len(deployment.log) == 8_000_000


def test_a_login_shell_that_chats_does_not_disturb(
    lab: Lab, origin: Repository
) -> None:
    """What looks like a reply in a command's output is output."""
    text = "oec:\trefused\ttarget_busy"
    deployment = lab.succeed(build_command=f"printf '{text}\\n'")
    assert deployment.log.decode() == text.replace("\\t", "\t") + "\n"


def _sent(deployment: Deployment) -> int:
    notes = [note for note in deployment.notes if "bytes of Git objects" in note]
    return int(notes[0].split()[0])


def _arguments_of_all_processes() -> bytes:
    arguments = b""
    for file in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            arguments += file.read_bytes()
        except OSError:
            continue
    return arguments


def _files_open_to_others(directory: Path) -> list[Path]:
    assert directory.stat().st_mode & 0o777 == 0o700
    files = list(directory.glob("releases/*/environment"))
    assert files
    return [file for file in files if file.stat().st_mode & 0o077]


def _references(lab: Lab) -> list[str]:
    return subprocess.run(
        ["git", f"--git-dir={lab.path}/repo.git", "for-each-ref"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout.splitlines()


def _runs(pid: int) -> bool:
    try:
        return "\nState:\tZ" not in Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
