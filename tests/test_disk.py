"""A full disk of the console is told from everything else that fails in a run."""

import errno
import sqlite3
from unittest.mock import Mock

import pytest
from django.db import OperationalError
from psycopg import errors

from deployments.engine.redaction import Redactor
from deployments.runner.recorder import Recorder
from deployments.runner.run import _diagnose


def of_database(cause: Exception) -> Exception:
    error = OperationalError(str(cause))
    error.__cause__ = cause
    return error


def full_sqlite() -> Exception:
    connection = sqlite3.connect(":memory:")
    connection.execute("CREATE TABLE word (text)")
    connection.execute("PRAGMA max_page_count = 2")
    with pytest.raises(sqlite3.OperationalError) as failed:
        connection.execute("INSERT INTO word VALUES (zeroblob(100000))")
    connection.close()
    return failed.value


def code(error: Exception) -> str:
    return _diagnose(error, Recorder(Mock(), Redactor(())), Redactor(())).code


@pytest.mark.parametrize(
    "error",
    [
        OSError(errno.ENOSPC, "No space left on device"),
        OSError(errno.EDQUOT, "Disk quota exceeded"),
        of_database(full_sqlite()),
        of_database(errors.DiskFull("could not extend file")),
    ],
    ids=["a file", "a quota", "SQLite", "PostgreSQL"],
)
def test_whatever_finds_no_room_fails_a_run_with_the_same_code(
    error: Exception,
) -> None:
    assert code(error) == "console_disk_full"


@pytest.mark.parametrize(
    "error",
    [OSError(errno.EIO, "Input/output error"), OperationalError("gone"), ValueError()],
    ids=repr,
)
def test_another_defect_stays_one(error: Exception) -> None:
    assert code(error) == "internal_error"
