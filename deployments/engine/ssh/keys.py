"""Key texts: read, and told apart."""

import base64
import binascii
import hashlib
import io
from functools import lru_cache

import paramiko
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey

_KINDS: tuple[tuple[type, type[paramiko.PKey]], ...] = (
    (Ed25519PrivateKey, paramiko.Ed25519Key),
    (EllipticCurvePrivateKey, paramiko.ECDSAKey),
    (RSAPrivateKey, paramiko.RSAKey),
)


def fingerprint(host_key: str) -> str:
    """``SHA256:…`` of a public-key line, as ``ssh-keygen -l`` prints it."""
    digest = hashlib.sha256(public_blob(host_key)).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")


def public_blob(host_key: str) -> bytes:
    """The key itself in a public-key line. Raises ValueError if there is none."""
    try:
        return base64.b64decode(host_key.split()[1], validate=True)
    except (IndexError, binascii.Error):
        raise ValueError("This is not a public key in OpenSSH format.") from None


# Checking an RSA key of 4096 bits takes a quarter of a second, each time it is read.
@lru_cache(maxsize=256)
def private_key(text: str) -> paramiko.PKey:
    """Read an unencrypted OpenSSH or PEM key. Raises ValueError if it is not one."""
    key = _load(text.encode())
    for kind, reader in _KINDS:
        if isinstance(key, kind):
            return reader.from_private_key(io.StringIO(_openssh(key)))
    raise ValueError("The key is neither Ed25519 nor ECDSA nor RSA.")


def _load(data: bytes) -> Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey:
    openssh = b"OPENSSH PRIVATE KEY" in data
    load = (
        serialization.load_ssh_private_key
        if openssh
        else serialization.load_pem_private_key
    )
    try:
        return load(data, password=None)  # type: ignore[return-value]
    except (TypeError, UnsupportedAlgorithm):
        raise ValueError("The key has a passphrase or is of an unknown kind.") from None


def _openssh(
    key: Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey,
) -> str:
    return key.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    ).decode()
