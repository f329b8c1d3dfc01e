"""Keys that are made once and kept beside the data when none are configured."""

import os
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.management.utils import get_random_secret_key


def read_or_create_secret_key(data_dir: Path) -> str:
    """The key that signs sessions and tokens, from ``<data>/secret_key``."""
    return _read_or_create(data_dir / "secret_key", get_random_secret_key())


def read_or_create_encryption_keys(data_dir: Path) -> list[str]:
    """The keys that encrypt stored secrets, newest first, one a line."""
    text = _read_or_create(data_dir / "encryption_keys", Fernet.generate_key().decode())
    return text.split()


def _read_or_create(path: Path, fresh: str) -> str:
    # Several processes start at once: whoever links the file first wins, and nobody
    # ever reads a file that is half written.
    if not path.exists():
        draft = path.with_name(f"{path.name}.{os.getpid()}")
        draft.touch(mode=0o600)
        draft.write_text(fresh)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_text().strip()
