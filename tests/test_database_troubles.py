"""What stands between OEC and its database is told apart, and OEC goes on by itself."""

import sqlite3
from pathlib import Path

import pytest
from django.db import Error, InterfaceError, OperationalError, ProgrammingError
from django.http import HttpResponse
from django.test import RequestFactory
from psycopg import errors

from oec.api.problems import plain_problem
from oec.api.views import server_error
from oec.database import advice, trouble

WRITE = "CREATE TABLE other (text)"


def failing(path: Path, *statements: str, read_only: bool = False) -> Error:
    """What Django raises of what SQLite says to the last of these statements."""
    mode = "ro" if read_only else "rwc"
    try:
        with sqlite3.connect(f"file:{path}?mode={mode}", uri=True) as connection:
            for statement in statements:
                connection.execute(statement)
    except sqlite3.OperationalError as cause:
        error = OperationalError(str(cause))
        error.__cause__ = cause
        return error
    finally:
        connection.close()
    pytest.fail("nothing failed")


def of_postgresql(cause: Exception, kind: type[Error] = OperationalError) -> Error:
    error = kind(str(cause))
    error.__cause__ = cause
    return error


def code(error: Error) -> str:
    reason = trouble(error)
    return reason.code if reason else ""


def test_a_full_disk_is_told_on_sqlite(tmp_path: Path) -> None:
    error = failing(
        tmp_path / "db",
        "CREATE TABLE word (text)",
        "PRAGMA max_page_count = 2",
        "INSERT INTO word VALUES (zeroblob(100000))",
    )
    assert code(error) == "console_disk_full"


def test_a_file_that_can_only_be_read_is_told(tmp_path: Path) -> None:
    sqlite3.connect(tmp_path / "db").close()
    error = failing(tmp_path / "db", "CREATE TABLE word (text)", read_only=True)
    assert code(error) == "database_read_only"


def test_a_database_without_its_tables_is_told(tmp_path: Path) -> None:
    error = failing(tmp_path / "db", "SELECT * FROM word")
    assert code(error) == "database_not_migrated"


def test_postgresql_is_told_apart_as_well() -> None:
    undefined = of_postgresql(errors.UndefinedTable("no"), ProgrammingError)
    assert code(of_postgresql(errors.DiskFull("no"))) == "console_disk_full"
    assert code(of_postgresql(errors.ReadOnlySqlTransaction("no"))) == (
        "database_read_only"
    )
    assert code(undefined) == "database_not_migrated"
    assert code(of_postgresql(errors.AdminShutdown("no"))) == "database_unavailable"
    assert code(InterfaceError("connection already closed")) == "database_unavailable"


def test_what_is_held_by_somebody_else_is_not_called_away(tmp_path: Path) -> None:
    held = advice(of_postgresql(errors.LockNotAvailable("no")))
    assert "Something else holds" in held
    assert "Start it" not in held
    with sqlite3.connect(tmp_path / "db") as other:
        other.execute("BEGIN IMMEDIATE")
        locked = failing(tmp_path / "db", "PRAGMA busy_timeout = 0", WRITE)
        assert advice(locked) == held


def test_a_defect_of_oec_is_no_trouble_of_the_operator() -> None:
    wrong = of_postgresql(errors.SyntaxError("no"), ProgrammingError)
    assert trouble(wrong) is None
    with pytest.raises(ProgrammingError):
        plain_problem(wrong)


def test_whoever_asks_is_told_to_try_again(tmp_path: Path) -> None:
    answer = plain_problem(of_postgresql(errors.DiskFull("no")))
    assert answer.status_code == 503
    assert answer["Retry-After"]
    assert b"The console's disk is full." in answer.content


@pytest.mark.parametrize("path", ["/", "/api/v1/projects"], ids=["page", "API"])
def test_both_doors_say_that_the_disk_is_full(path: str, rf: RequestFactory) -> None:
    try:
        raise of_postgresql(errors.DiskFull("no"))
    except Error:
        answer = server_error(rf.get(path))
    assert isinstance(answer, HttpResponse)
    assert answer.status_code == 503
    assert "disk is full" in answer.content.decode()
    assert "cannot be reached" not in answer.content.decode()
