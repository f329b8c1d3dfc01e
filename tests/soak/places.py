"""Where one soak takes place: a folder, a PostgreSQL and a Redis of its own.

``choose`` sets what ``oec.settings`` reads, so it comes before Django's own start.
"""

import os
import shutil
import tempfile
from dataclasses import dataclass
from pathlib import Path

from tests.faults.servers import PostgreSQL, Redis

#: Long enough for a busy machine; outages of both kinds, shorter and longer, fit in.
LEASE_SECONDS = 12


@dataclass(frozen=True)
class Places:
    folder: Path
    postgresql: PostgreSQL
    redis: Redis

    @property
    def data(self) -> Path:
        return self.folder / "data"

    @property
    def logs(self) -> Path:
        """What the processes print, and the evidence of what was violated."""
        return self.folder / "logs"

    def remove(self, *, keep_logs: bool) -> None:
        if keep_logs:
            for path in self.folder.iterdir():
                if path != self.logs:
                    shutil.rmtree(path, ignore_errors=True)
        else:
            shutil.rmtree(self.folder, ignore_errors=True)


def choose() -> Places:
    """Make the folder and point this process, and all that it starts, to it."""
    folder = Path(tempfile.mkdtemp(prefix="oec-soak-"))
    # The accounts of the servers and PostgreSQL's own user have to pass through it.
    folder.chmod(0o711)
    for name in ("data", "logs", "redis", "pg", "origins"):
        (folder / name).mkdir()
    places = Places(folder, PostgreSQL(folder / "pg"), Redis(folder / "redis"))
    # Nothing of the developer's own configuration reaches a soak.
    for name in [name for name in os.environ if name.startswith("OEC_")]:
        del os.environ[name]
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "oec.settings",
        "OEC_ENV_FILE": os.devnull,
        "OEC_DATA_DIR": str(places.data),
        "OEC_ALLOW_LOCAL_GIT": "true",
        "OEC_LEASE_SECONDS": str(LEASE_SECONDS),
        "OEC_HEARTBEAT_SECONDS": "1",
        "DATABASE_URL": f"{places.postgresql.url}/postgres",
        "REDIS_URL": places.redis.url,
    }
    return places
