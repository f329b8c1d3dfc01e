"""Keys that are made once and kept beside the data when none are configured."""

import hashlib
import hmac
import os
from collections.abc import Sequence
from pathlib import Path

from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured
from django.core.management.utils import get_random_secret_key


def read_or_create_secret_key(data_dir: Path) -> str:
    """The key that signs sessions, forms and cursors, from ``<data>/secret_key``."""
    return _read_or_create(data_dir / "secret_key", get_random_secret_key())


def read_or_create_token_key(data_dir: Path) -> str:
    """The key that signs the tokens of the API, from ``<data>/token_key``."""
    return _read_or_create(data_dir / "token_key", get_random_secret_key())


def token_key_of(secret_key: str) -> str:
    """Made of a configured secret key, which it does not give away; "" of none."""
    if not secret_key:
        return ""
    purpose = b"The key that signs the tokens of the API"
    return hmac.new(secret_key.encode(), purpose, hashlib.sha256).hexdigest()


def read_or_create_encryption_keys(file: Path) -> list[str]:
    """The keys that encrypt stored secrets, newest first, one a line."""
    return _read_or_create(file, Fernet.generate_key().decode()).split()


def check_encryption_keys(keys: Sequence[str], *, source: str) -> None:
    """Refuse to start rather than fail when the first secret is needed.

    ``source`` is where the operator wrote them. Raises ImproperlyConfigured, which
    shows no key.
    """
    if not keys:
        raise ImproperlyConfigured(f"{source} holds no encryption key.")
    for number, key in enumerate(keys, 1):
        try:
            Fernet(key)
        except ValueError:
            raise ImproperlyConfigured(
                f"Encryption key {number} in {source} is not one: 32 bytes in "
                "URL-safe base64 are needed."
            ) from None


def put_in_front(key: str, file: Path) -> None:
    """Make ``key`` the first one in ``file``.

    The file is replaced in one step and keeps its owner and its mode. Raises
    FileExistsError while somebody else is adding one.
    """
    file = file.resolve()
    before = file.stat()
    draft = file.with_name(f"{file.name}.new")
    draft.touch(mode=0o600, exist_ok=False)
    try:
        with draft.open("w") as output:
            output.write(f"{key}\n{file.read_text().strip()}\n")
            output.flush()
            os.fsync(output.fileno())
        # Whoever runs this may be root; the processes of OEC have to read it as before.
        os.chown(draft, before.st_uid, before.st_gid)
        draft.chmod(before.st_mode & 0o777)
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)


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
