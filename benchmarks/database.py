"""The database of a web process, asked directly: no code of OEC, of whatever age."""

import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

FAIL = """
    UPDATE deployments_deployment
    SET status = 'failed', epoch = 1,
        started_at = CURRENT_TIMESTAMP, completed_at = CURRENT_TIMESTAMP,
        error_code = 'connect_refused', error_class = 'external',
        error_message = 'The server refused the connection.',
        error_probe = 'connect', advised_verb = 'retry'
    WHERE status = 'pending'
"""
#: A statement in PostgreSQL's log, prepared or not. Its text can begin on the next
#: line, after a tab; it is empty when a pool only checks its connection.
LOGGED = re.compile(r"LOG:  (?:statement|execute [^:]+):(?:\n\t|[ \t])*(\w+)")
TRANSACTION = {"BEGIN", "COMMIT", "ROLLBACK"}


@dataclass(frozen=True, slots=True)
class Statements:
    """``transaction`` counts what begins and ends one, ``others`` all else."""

    others: int
    transaction: int

    def __str__(self) -> str:
        return f"{self.others} + {self.transaction}"


def statements_in(log: str) -> Statements:
    words = [word.upper() for word in LOGGED.findall(log)]
    transaction = sum(word in TRANSACTION for word in words)
    return Statements(len(words) - transaction, transaction)


class Database:
    def __init__(self, url: str) -> None:
        self._connection: sqlite3.Connection | psycopg.Connection[Any]
        self.is_sqlite = url.startswith("sqlite:///")
        if self.is_sqlite:
            path = url.removeprefix("sqlite:///")
            self._connection = sqlite3.connect(path, isolation_level=None)
        else:
            self._connection = psycopg.connect(
                url, autocommit=True, client_encoding="utf8"
            )

    def close(self) -> None:
        self._connection.close()

    def fail_the_pending(self) -> None:
        """As a worker would leave it that reached no server."""
        assert self._connection.execute(FAIL).rowcount == 1

    @contextmanager
    def logging(self) -> Iterator[None]:
        """PostgreSQL logs every statement of the sessions that begin meanwhile."""
        self._connection.execute("ALTER ROLE CURRENT_USER SET log_statement = 'all'")
        try:
            yield
        finally:
            self._connection.execute("ALTER ROLE CURRENT_USER RESET log_statement")

    def count(self, work: Callable[[], object]) -> Statements:
        """What was logged from the work's beginning to its end."""
        log = self._log()
        begin = log.stat().st_size
        work()
        return statements_in(log.read_bytes()[begin:].decode())

    def _log(self) -> Path:
        row = self._connection.execute("SHOW data_directory").fetchone()
        assert row is not None
        return Path(row[0]).parent / "log"
