"""The verify command: asked in the new release, before anything old is touched."""

from unittest.mock import Mock

from deployments.diagnosis import AdvisedVerb, diagnose_verification
from deployments.engine.exceptions import CommandFailed, EngineError, VerifyFailed
from deployments.engine.redaction import MASK, Redactor
from deployments.runner.recorder import Recorder
from deployments.runner.run import _diagnose
from tests.deployments.engine.lab import Lab


def test_it_runs_after_the_release_command_in_the_new_release(lab: Lab) -> None:
    before = lab.succeed()
    deployment = lab.succeed(
        release_command="touch released",
        verify_command="ls released; pwd; echo $MOTTO; readlink ../../current",
        variables={"MOTTO": "be kind"},
    )
    path = lab.path / "releases" / deployment.release
    assert deployment.log.decode().splitlines() == [
        *("released", str(path), "be kind", f"releases/{before.release}")
    ]


def test_its_no_leaves_the_old_version_untouched(lab: Lab) -> None:
    restart = f"echo restarted >> {lab.path}/restarts"
    before = lab.succeed(restart_command=restart)
    link = (lab.path / "current").lstat()

    failed = lab.deploy(restart_command=restart, verify_command="echo no; exit 4")

    assert isinstance(failed.error, VerifyFailed)
    assert (failed.error.exit_code, failed.error.output) == (4, "no\n")
    assert failed.started[-1] == "release"
    assert failed.notes[-1] == (
        "The verify command failed (exit code 4). Nothing was switched or restarted; "
        "the version before was not touched."
    )
    assert lab.live == before.release
    assert (lab.path / "current").lstat() == link
    assert (lab.path / "restarts").read_text() == "restarted\n"


def test_a_retry_asks_again(lab: Lab) -> None:
    failed = lab.deploy(verify_command=f"ls {lab.path}/repaired")
    (lab.path / "repaired").touch()
    assert isinstance(failed.error, VerifyFailed)
    assert lab.retry(failed).error is None


def test_one_that_never_ends_is_ended_at_the_limit_of_a_step(lab: Lab) -> None:
    failed = lab.deploy(verify_command="sleep 60", step_timeout_seconds=1)
    assert failed.code == "step_timeout"
    assert isinstance(failed.error, EngineError)
    assert failed.error.facts["step"] == "verify"
    assert lab.live == ""


def test_no_is_told_only_where_it_was_said(lab: Lab) -> None:
    failed = lab.deploy(verify_command="kill -9 $PPID; sleep 60")
    assert failed.error is not None
    assert not isinstance(failed.error, VerifyFailed)


def test_the_failure_says_what_failed_and_what_it_spared() -> None:
    told = diagnose_verification(4, "looking\nno cart\n")
    assert (told.code, told.verb) == ("verify_failed", AdvisedVerb.NONE)
    assert told.message == (
        "The verify command failed with exit code 4, and the version before was not "
        "touched: no cart."
    )


def test_a_cause_that_is_recognized_keeps_its_code_and_verb() -> None:
    output = "ModuleNotFoundError: No module named 'carts'\n"
    told = diagnose_verification(1, output)
    assert told.code == "module_missing"
    assert told.message.startswith(
        "The verify command failed; the version before was not touched. "
    )
    assert told.evidence == output.strip()


def test_another_failed_command_is_not_told_as_a_verify_command(lab: Lab) -> None:
    failed = lab.deploy(release_command="exit 4", verify_command="echo never")
    assert type(failed.error) is CommandFailed
    assert b"never" not in failed.log


def test_the_runner_tells_it_as_that_and_masks_its_last_words() -> None:
    step = Mock(spec=Recorder, step="release")
    failed = VerifyFailed(4, "looking\nno cart for s3cret-cart\n")
    told = _diagnose(failed, step, Redactor(["s3cret-cart"]))
    assert (told.code, told.verb) == ("verify_failed", AdvisedVerb.NONE)
    assert told.message.endswith(f"was not touched: no cart for {MASK}.")
