"""F23, F28, F30–F33: the server hangs, is full, floods, or says hostile things."""

import os
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from projects.models import User
from tests.deployments.sshd import Sshd
from tests.faults.console import FaultConsole
from tests.faults.disk import Disk
from tests.faults.runs import Runs
from tests.faults.site import Site, assert_ended_once, ended, log_of, outcome
from tests.processes import Running, wait_until

needs_root = pytest.mark.needs_root

HOSTILE = (
    b"\xff\xfe \xe2\x82 caf\xc3\xa9 \xf0\x9f\x98\x80 \x00 \r\r\r\n"
    b"\x1b]0;title\x07\x1b[31mred\x1b[0m <script>alert(1)</script></pre>\n"
    b"\x1b]8;;javascript:alert(1)\x1b\\click\x1b]8;;\x1b\\\x1b[2J\x1b[1;1H\n"
    b"data: {}\n\nevent: end\n\xe2\x80\xae gnp.exe\n"
)


@pytest.mark.parametrize(
    ("limit", "code"),
    [
        ({"step_timeout_seconds": 2}, "step_timeout"),
        ({"silence_timeout_seconds": 2}, "silence_timeout"),
        ({"total_timeout_seconds": 3}, "total_timeout"),
    ],
)
def test_f23_a_command_that_hangs_is_ended_with_its_whole_family(
    runs: Runs, site: Site, limit: dict[str, int], code: str
) -> None:
    note = site.folder / "family"
    hang = f"sleep 100000 & echo $! $$ > {note}; wait"
    site.change(build_command=hang, **limit)
    before = threading.active_count()

    last = runs.ended(runs.start(site.deploy()))

    assert outcome(last) == ("failed", code)
    assert not any(map(is_running, note.read_text().split()))
    wait_until(lambda: threading.active_count() <= before, what="its threads end")


@needs_root
@pytest.mark.fault
@pytest.mark.parametrize("when", ["while the commit is sent", "while it is built"])
def test_f28_a_full_server_keeps_the_old_release_and_a_retry_fits_when_it_grew(
    runs: Runs, make: Callable[..., Site], small_disk: Disk, when: str
) -> None:
    site = make(deploy_path=str(small_disk.path / "live"), build_command="")
    live = runs.ended(runs.start(site.deploy()))
    assert outcome(live) == ("success", "")
    big = os.urandom(3_000_000).hex()
    if when == "while the commit is sent":
        site.repository.commit("Too big", {"big.txt": big})
    else:
        site.change(build_command="head -c 4000000 /dev/urandom > built")

    failed = runs.ended(runs.start(site.deploy()))

    assert outcome(failed) == ("failed", "disk_full")
    link = os.readlink(small_disk.path / "live" / "current")
    assert link.startswith("releases/v1-")
    small_disk.grow()
    retried = runs.ended(runs.start(site.retry(failed)))
    assert outcome(retried) == ("success", "")


@pytest.mark.fault
@pytest.mark.parametrize("streams", ["1", "2", "12"])
def test_f30_a_flood_does_not_hang_and_its_end_is_kept(
    runs: Runs, site: Site, streams: str, settings: Any
) -> None:
    settings.LOG_LIMIT_MB = 20
    flood = "head -c 40000000 /dev/zero | tr '\\0' e"
    floods = " ".join(f"{flood} >&{stream} &" for stream in streams)
    site.change(build_command=f"{floods} wait; echo; echo the end")

    last = runs.ended(runs.start(site.deploy()), seconds=90)

    assert outcome(last) == ("success", "")
    text = log_of(last)
    assert "characters of output are not stored" in text
    assert text.endswith("e\nthe end\n")
    assert 20_000_000 < len(text) < 20_200_000


@pytest.mark.fault
@pytest.mark.release
def test_f31_a_line_of_a_quarter_gigabyte_leaves_the_memory_of_the_worker_alone(
    console: FaultConsole, site: Site
) -> None:
    site.change(build_command="echo small")
    worker = console.worker(OEC_LOG_LIMIT_MB="20")
    assert outcome(ended(site.deploy())) == ("success", "")
    before = peak_memory(worker)

    site.change(build_command="head -c 256M /dev/zero | tr '\\0' a; echo the end")
    last = ended(site.deploy(), seconds=100)

    assert outcome(last) == ("success", "")
    assert log_of(last).endswith("athe end\n")
    assert peak_memory(worker) - before < 50_000_000


@pytest.mark.both_back_ends
def test_f32_hostile_bytes_are_stored_and_shown_as_text(
    runs: Runs, site: Site, dora: User, client: Client
) -> None:
    octal = "".join(f"\\{byte:03o}" for byte in HOSTILE)
    site.change(build_command=f"printf '{octal}'")

    last = runs.ended(runs.start(site.deploy()))

    assert outcome(last) == ("success", "")
    text = log_of(last)
    assert "caf\u00e9 \U0001f600" in text
    assert "<script>alert(1)</script></pre>" in text
    assert not set("\x00\x07") & set(text)
    client.force_login(dora)
    page = client.get(f"/deployments/{last.pk}")
    assert page.status_code == 200
    assert b"<script>alert(1)" not in page.content
    assert b"\x1b" not in page.content
    assert b"javascript:" not in page.content
    assert '<span class="sgr-31">red</span>' in page.content.decode()
    assert "\ufffd gnp.exe" in page.content.decode()


def test_f33_a_daemon_that_a_step_leaves_behind_delays_and_holds_nothing(
    runs: Runs, site: Site, sshd: Sshd
) -> None:
    note = site.folder / "daemon"
    site.change(build_command=f"sleep 300 & echo $! > {note}; echo ok")
    begun = time.monotonic()

    first = runs.ended(runs.start(site.deploy()))

    assert outcome(first) == ("success", "")
    assert time.monotonic() - begun < 20
    daemon = note.read_text().strip()
    try:
        assert is_running(daemon)
        assert outcome(runs.ended(runs.start(site.deploy()))) == ("success", "")
    finally:
        for pid in (daemon, note.read_text().strip()):
            os.kill(int(pid), 9)
    assert_ended_once(first)


def is_running(pid: str) -> bool:
    """Whether a process still does something: a zombie has ended."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except FileNotFoundError:
        return False
    return stat.rpartition(")")[2].split()[0] != "Z"


def peak_memory(process: Running) -> int:
    """In bytes: the most that was ever resident."""
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) * 1024
    raise LookupError("This kernel does not tell.")
