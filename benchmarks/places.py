"""Where things lie during one run: the console's data on disk, the server in memory.

Database and broker are as an operator has them. The tests' database does without
fsync; here its price is part of what is measured.
"""

import os
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from tests.faults.servers import PostgreSQL, Redis

MEMORY = Path("/dev/shm")  # noqa: S108 - folders get names of their own there


class DurablePostgreSQL(PostgreSQL):
    def command(self) -> list[Any]:
        return [*super().command(), "-c", "fsync=on"]


@contextmanager
def started(backend: str) -> Iterator[dict[str, str]]:
    """Start the back end and yield the environment of OEC's processes on it."""
    with ExitStack() as stack:
        data = stack.enter_context(folder())
        variables = {
            "DJANGO_SETTINGS_MODULE": "oec.settings",
            "OEC_ENV_FILE": os.devnull,
            "OEC_DATA_DIR": str(data),
            "OEC_ALLOW_LOCAL_GIT": "true",
            "OEC_LOG_LEVEL": "WARNING",
            "DATABASE_URL": f"sqlite:///{data}/oec.sqlite3",
            "REDIS_URL": "",
        }
        if backend == "postgres":
            variables |= _servers(stack)
        # Nothing of the developer's own configuration reaches a measurement.
        inherited = {
            name: value
            for name, value in os.environ.items()
            if not name.startswith("OEC_")
        }
        yield inherited | variables


def _servers(stack: ExitStack) -> dict[str, str]:
    # PostgreSQL runs as another user, who must be able to enter its folder.
    postgresql = DurablePostgreSQL(stack.enter_context(folder()))
    postgresql.create()
    redis = Redis(stack.enter_context(folder()))
    for server in (postgresql, redis):
        server.start()
        stack.callback(server.stop)
    return {"DATABASE_URL": f"{postgresql.url}/postgres", "REDIS_URL": redis.url}


@contextmanager
def folder(parent: Path | None = None) -> Iterator[Path]:
    """A new one, removed in the end."""
    with tempfile.TemporaryDirectory(prefix="oec-bench-", dir=parent) as name:
        yield Path(name)


@contextmanager
def memory(path: Path) -> Iterator[Path]:
    """Make the folder ``path`` and keep it in memory where the system can.

    To make 300 files can take a disk ten times as long in one round as in the next,
    and that is neither OEC's doing nor its yardstick's.
    """
    if not MEMORY.is_dir():
        path.mkdir()
        yield path
        return
    with folder(MEMORY) as place:
        path.symlink_to(place)
        yield path
