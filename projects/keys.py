"""Making SSH keys, and the half of them that is shown."""

from functools import lru_cache
from typing import Any

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey


def generate_key() -> tuple[str, str]:
    """A new ed25519 pair: the private key in OpenSSH format, the public line."""
    key = Ed25519PrivateKey.generate()
    private = key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    return private.decode(), _line(key)


# Checking an RSA key of 4096 bits takes a quarter of a second, each time it is read.
@lru_cache(maxsize=256)
def public_line(private: str) -> str:
    """The line for ``authorized_keys``; empty when ``private`` is no usable key."""
    data = private.encode()
    load: Any = (
        serialization.load_ssh_private_key
        if b"OPENSSH PRIVATE KEY" in data
        else serialization.load_pem_private_key
    )
    try:
        return _line(load(data, password=None))
    except (ValueError, TypeError, UnsupportedAlgorithm):
        return ""


def _line(key: Any) -> str:
    line = key.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return str(line.decode())
