"""What ``manage.py up`` refuses before it starts anything."""

import shutil
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from tests import databases
from tests.ports import free_port
from tests.processes import environment

pytestmark = pytest.mark.django_db(transaction=True)

MANAGE = Path(__file__).resolve().parents[3] / "manage.py"


def up(**variables: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(
        [sys.executable, MANAGE, "up"],
        env=environment(variables),
        capture_output=True,
        text=True,
        timeout=60,
    )


def test_a_taken_port_is_named_together_with_the_way_out() -> None:
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        refused = up(OEC_PORT=str(port))
    assert refused.returncode == 1
    assert f"Cannot listen on 127.0.0.1 port {port}" in refused.stderr
    assert "OEC_PORT" in refused.stderr
    assert "started" not in refused.stdout


def test_a_postgresql_that_is_away_is_told_as_such() -> None:
    refused = up(DATABASE_URL="postgresql://oec:s3cret@127.0.0.1:1/oec")
    assert refused.returncode == 1
    assert "The database cannot be reached." in refused.stderr
    assert "Start it, or correct DATABASE_URL." in refused.stderr
    assert "migrate" not in refused.stderr
    assert len(refused.stderr.splitlines()) == 1
    assert "s3cret" not in refused.stderr


def test_a_database_file_that_can_only_be_read_is_refused(tmp_path: Path) -> None:
    file = tmp_path / "oec.sqlite3"
    shutil.copyfile(databases.migrated_sqlite(), file)
    # Root may write to any file, so the address says it.
    refused = up(DATABASE_URL=f"sqlite:///file:{file}%3Fmode=ro")
    assert refused.returncode == 1
    assert "can only be read" in refused.stderr
    assert "Give the database file and its folder to the user" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_database_without_its_tables_is_refused(tmp_path: Path) -> None:
    refused = up(
        OEC_PORT=str(free_port()), DATABASE_URL=f"sqlite:///{tmp_path}/empty.sqlite3"
    )
    assert refused.returncode == 1
    assert "manage.py migrate" in refused.stderr
    assert "started" not in refused.stdout
