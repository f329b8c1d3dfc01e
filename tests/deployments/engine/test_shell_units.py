"""Restarting systemd units: what is run, what it takes, and what it says if not."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments.diagnosis import AdvisedVerb, diagnose, failure
from deployments.engine.exceptions import CommandFailed, EngineError
from tests.deployments.engine.conftest import need_sshd
from tests.deployments.engine.lab import Deployment, Lab
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import Sshd
from tests.deployments.systemd import Systemd

UNIT = "shop.service"
SERVE = """\
[Unit]
Description=Shop

[Service]
WorkingDirectory={path}/current
ExecStart=/bin/sh serve
"""
SLEEP = "cat app.txt > ../../served; exec sleep 300\n"


@pytest.fixture
def systemd(tmp_path: Path) -> Iterator[Systemd]:
    systemd = Systemd(tmp_path / "systemd")
    yield systemd
    systemd.stop()


@pytest.fixture
def lab(tmp_path: Path, systemd: Systemd, origin: Repository) -> Iterator[Lab]:
    need_sshd()
    origin.commit("Serve", {"serve": SLEEP})
    server = Sshd(tmp_path / "sshd", environment={"PATH": systemd.path})
    server.start()
    lab = Lab(tmp_path, server, origin)
    for scope in ("system", "user"):
        systemd.install(UNIT, SERVE.format(path=lab.path), scope=scope)
    yield lab
    server.stop()


@pytest.mark.parametrize("is_root", [True, False])
@pytest.mark.parametrize("scope", ["system", "user"])
def test_the_unit_is_restarted_in_the_new_release(
    lab: Lab, systemd: Systemd, scope: str, is_root: bool
) -> None:
    systemd.set(is_root=is_root)
    lab.succeed(systemd_unit=UNIT, systemd_scope=scope)
    lab.origin.commit("Two", {"app.txt": "two\n"})

    deployment = lab.succeed(systemd_unit=UNIT, systemd_scope=scope)

    assert systemd.restarts(UNIT, scope=scope) == 2
    assert (lab.path / "served").read_text() == "two\n"
    assert deployment.log == b"shop.service is active.\n"


def test_with_both_the_unit_comes_before_the_restart_command(lab: Lab) -> None:
    deployment = lab.succeed(
        systemd_unit=UNIT,
        activate_command="echo activated",
        restart_command="echo restarted; env",
    )

    lines = deployment.log.decode().splitlines()
    assert lines[:3] == ["activated", "shop.service is active.", "restarted"]
    assert not [line for line in lines if line.startswith(("oec_", "XDG_", "LC_ALL"))]


def test_a_service_that_ends_puts_the_previous_release_and_its_unit_back(
    lab: Lab, systemd: Systemd
) -> None:
    before = lab.succeed(systemd_unit=UNIT)
    (lab.path / "served").unlink()
    lab.origin.commit("Break", {"serve": "echo 'no cart here'; exit 1\n"})

    failed = lab.deploy(systemd_unit=UNIT)

    assert isinstance(failed.error, CommandFailed)
    assert b"no cart here" in failed.log
    assert failed.log.endswith(
        b"The unit shop.service is failed after its restart.\nshop.service is active.\n"
    )
    diagnosis = diagnose("activate", 1, failed.error.output)
    assert (diagnosis.code, diagnosis.verb) == ("unit_failed", AdvisedVerb.NONE)
    assert diagnosis.message == (
        "The unit shop.service was restarted but does not stay up; why is not said "
        "here."
    )
    assert lab.live == before.release
    assert (lab.path / "served").read_text() == "one\n"
    assert systemd.restarts(UNIT) == 3


def test_the_journal_of_the_service_decides_what_was_wrong(lab: Lab) -> None:
    broken = "echo \"ModuleNotFoundError: No module named 'carts'\" >&2; exit 1\n"
    lab.origin.commit("Break", {"serve": broken})

    failed = lab.deploy(systemd_unit=UNIT)

    assert isinstance(failed.error, CommandFailed)
    diagnosis = diagnose("activate", 1, failed.error.output)
    assert diagnosis.code != "unit_failed"
    assert diagnosis.evidence == "ModuleNotFoundError: No module named 'carts'"


def test_what_an_older_start_printed_is_not_taken_for_this_one(
    lab: Lab, systemd: Systemd
) -> None:
    journal = systemd.directory / "system" / f"{UNIT}.journal.1000000000"
    journal.write_text("an old complaint\n")
    lab.origin.commit("Break", {"serve": "exit 1\n"})

    assert b"an old complaint" not in lab.deploy(systemd_unit=UNIT).log


def test_the_restart_of_the_previous_release_is_its_own(
    lab: Lab, systemd: Systemd
) -> None:
    systemd.install("old.service", SERVE.format(path=lab.path))
    before = lab.succeed(systemd_unit="old.service", restart_command="echo old restart")

    failed = lab.deploy(restart_command="exit 7")

    assert failed.log.splitlines() == [b"old.service is active.", b"old restart"]
    assert failed.notes[-1].startswith(f"{before.release} was put back. No health")
    assert systemd.restarts("old.service") == 2


def test_a_previous_release_that_does_not_start_again_is_named(lab: Lab) -> None:
    before = lab.succeed(restart_command="test ! -e ../../broken")

    failed = lab.deploy(restart_command="touch ../../broken; exit 7")

    assert lab.live == before.release
    assert failed.notes[-2:] == [
        f"The restart command of {before.release} failed (exit code 1).",
        f"{before.release} was put back. No health check is kept with it, so whether "
        "it answers is not known.",
    ]


@pytest.mark.parametrize(
    ("facts", "scope", "code", "verb"),
    [
        (
            {"is_root": False, "sudo_allows": False},
            "system",
            "sudo_refused",
            AdvisedVerb.RETRY,
        ),
        ({"has_manager": False}, "user", "user_manager_missing", AdvisedVerb.RETRY),
        ({"lingers": False}, "user", "user_manager_missing", AdvisedVerb.RETRY),
        (
            {"is_booted": False},
            "system",
            "systemd_missing",
            AdvisedVerb.FIX_CONFIGURATION,
        ),
    ],
)
def test_what_the_server_does_not_allow_is_told_and_nothing_stays_live(
    lab: Lab,
    systemd: Systemd,
    facts: dict[str, bool],
    scope: str,
    code: str,
    verb: AdvisedVerb,
) -> None:
    systemd.set(**facts)

    failed = lab.deploy(systemd_unit=UNIT, systemd_scope=scope)

    assert failed.code == code
    assert failure(code, **_facts(failed)).verb is verb
    assert lab.live == ""


def test_a_retry_succeeds_once_sudo_allows_it(lab: Lab, systemd: Systemd) -> None:
    systemd.set(is_root=False, sudo_allows=False)
    failed = lab.deploy(systemd_unit=UNIT)
    assert b"sudo: a password is required" in failed.log
    message = failure("sudo_refused", **_facts(failed)).message
    assert message == (
        f"On the server sudo does not let the deploying user "
        f"{failed.plan.target.username} restart the unit shop.service without a "
        "password."
    )

    systemd.set(is_root=False)

    assert lab.retry(failed).error is None


@pytest.mark.parametrize("flaw", ["absent", "masked", "invalid"])
def test_a_unit_that_cannot_be_loaded_is_named(
    lab: Lab, systemd: Systemd, flaw: str
) -> None:
    file = systemd.directory / "system" / "cart.service"
    if flaw == "masked":
        file.symlink_to("/dev/null")
    elif flaw == "invalid":
        file.write_text("[Service]\nExecStart=serve\n")

    failed = lab.deploy(systemd_unit="cart.service")

    assert failed.code == "unit_not_found"
    assert failure("unit_not_found", **_facts(failed)).message == (
        "The server's systemd cannot load the unit cart.service."
    )


def _facts(failed: Deployment) -> dict[str, str]:
    assert isinstance(failed.error, EngineError)
    return failed.error.facts


def test_a_failed_check_tells_the_journal_of_the_unit_since_the_switch(
    lab: Lab,
) -> None:
    lab.origin.commit("Talk", {"serve": "echo the cart is empty; exec sleep 300\n"})
    failed = lab.deploy(
        systemd_unit=UNIT, health_check_command="false", health_check_timeout_seconds=1
    )
    assert failed.code == "health_check_failed"
    assert f"--- journal of {UNIT}\n" in failed.words
    assert "the cart is empty" in failed.words


# It has to live until the restart has seen it, which a busy machine may miss.
@pytest.mark.release
def test_a_unit_that_ends_later_ends_the_check_at_once(lab: Lab) -> None:
    lab.origin.commit("Break", {"serve": "sleep 1.5; exit 1\n"})
    failed = lab.deploy(
        systemd_unit=UNIT,
        health_check_url="http://127.0.0.1:1/",
        health_check_timeout_seconds=600,
        step_timeout_seconds=600,
    )
    assert failed.code == "application_ended"
    assert isinstance(failed.error, EngineError)
    detail = failed.error.facts["detail"]
    assert detail.startswith("the unit shop.service is failed, ")
