"""A database with every table in it, made once and copied for each process that tests.

Migrating takes seconds, copying none. ``migrate`` runs on every copy all the same and
finds nothing to do, so what it does besides, such as naming permissions, is done.
"""

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDER = ROOT / ".pytest_cache" / "databases"


def migrated_sqlite() -> Path:
    """The file to copy; it is made again when a migration or a requirement changes."""
    file = FOLDER / f"{_digest()}.sqlite3"
    if not file.exists():
        FOLDER.mkdir(parents=True, exist_ok=True)
        for outdated in FOLDER.glob("*.sqlite3"):
            outdated.unlink(missing_ok=True)
        # Whoever else makes it at the same time makes the same.
        draft = FOLDER / f"draft-{os.getpid()}"
        migrate(f"sqlite:///{draft}")
        draft.replace(file)
    return file


def migrate(url: str) -> None:
    """Bring the database at this address up to date."""
    variables = {
        name: value for name, value in os.environ.items() if not name.startswith("OEC_")
    }
    with tempfile.TemporaryDirectory(prefix="oec-migrate-") as folder:
        variables |= {
            "DJANGO_SETTINGS_MODULE": "oec.settings",
            "DATABASE_URL": url,
            "OEC_ENV_FILE": os.devnull,
            "OEC_DATA_DIR": folder,
        }
        command = [sys.executable, "manage.py", "migrate", "--verbosity", "0"]
        subprocess.run(command, cwd=ROOT, env=variables, check=True)


def _digest() -> str:
    digest = hashlib.sha256()
    for file in [*sorted(ROOT.glob("*/migrations/*.py")), ROOT / "requirements.txt"]:
        digest.update(file.read_bytes())
    return digest.hexdigest()[:16]
