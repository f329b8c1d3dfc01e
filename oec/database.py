"""What stands between OEC and its database, told apart: every door says the same."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

from django.db import (
    Error,
    InterfaceError,
    OperationalError,
    connection,
    transaction,
)
from django.db.migrations.recorder import MigrationRecorder

#: What a database that is away raises. It comes back, so trying again is worth while.
AWAY = (OperationalError, InterfaceError)

#: PostgreSQL's own codes, and what SQLite calls the same.
_FULL = {"53100", "SQLITE_FULL"}
_READ_ONLY = {"25006", "SQLITE_READONLY"}
_UNMIGRATED = {"42P01", "42703"}
_UNOPENED = {"SQLITE_CANTOPEN"}
_HELD = {"55P03", "SQLITE_BUSY", "SQLITE_LOCKED"}


@dataclass(frozen=True, slots=True)
class Trouble:
    """``code`` is stable; ``detail`` is for everybody, ``remedy`` for the operator."""

    code: str
    detail: str
    remedy: str


AWAY_TROUBLE = Trouble(
    "database_unavailable",
    "The database cannot be reached. Try again in a few seconds.",
    "Start it, or correct DATABASE_URL.",
)
FULL = Trouble(
    "console_disk_full",
    "The console's disk is full. Nothing was changed; try again when there is room.",
    "Make room; OEC goes on by itself.",
)
READ_ONLY = Trouble(
    "database_read_only",
    "The console's database can only be read. Nothing was changed.",
    "Give the database file and its folder to the user that runs OEC, or let"
    " DATABASE_URL name a server that takes writes.",
)
UNMIGRATED = Trouble(
    "database_not_migrated",
    "The console's database does not have the tables of this version.",
    "Run: python manage.py migrate",
)
UNOPENED = Trouble(
    "database_unavailable",
    "The console's database file cannot be opened.",
    "Give the file and its folder to the user that runs OEC, or correct DATABASE_URL.",
)
HELD = Trouble(
    "database_unavailable",
    "Something else holds what is needed of the database. Try again in a few seconds.",
    "End what holds it: a transaction that was left open, a copy, a long report.",
)

_TROUBLES = {
    **dict.fromkeys(_FULL, FULL),
    **dict.fromkeys(_READ_ONLY, READ_ONLY),
    **dict.fromkeys(_UNMIGRATED, UNMIGRATED),
    **dict.fromkeys(_UNOPENED, UNOPENED),
    **dict.fromkeys(_HELD, HELD),
}


def trouble(error: Error) -> Trouble | None:
    """What it means for those who use OEC; None for what is a defect of OEC itself."""
    if "no such table" in str(error):
        return UNMIGRATED
    away = AWAY_TROUBLE if isinstance(error, AWAY) else None
    return _TROUBLES.get(_code_of(error), away)


def advice(error: Error) -> str:
    """What it means and what to do, for the operator."""
    reason = trouble(error)
    return f"{reason.detail} {reason.remedy}" if reason else "The database refuses."


@contextmanager
def advice_in_one_sentence() -> Iterator[None]:
    """End the process with it where the database stands in the way."""
    try:
        yield
    except Error as error:
        if trouble(error) is None:
            raise
        reason = " ".join(str(error).split())
        raise SystemExit(f"{advice(error)} ({reason})") from None


def prove_write() -> None:
    """Raises a database error unless a write is taken. Changes nothing."""
    with transaction.atomic():
        MigrationRecorder(connection).migration_qs.filter(app="").update(app="")


def _code_of(error: Error) -> str:
    cause = error.__cause__
    # Of SQLite's extended codes, SQLITE_READONLY_DBMOVED, the first part says enough.
    name = "_".join(str(getattr(cause, "sqlite_errorname", "")).split("_")[:2])
    return str(getattr(cause, "sqlstate", None) or name)
