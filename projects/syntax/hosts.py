"""Machines: names, accounts, services, addresses, host keys."""

import base64
import binascii
import hashlib
import ipaddress
import re
from urllib.parse import urlsplit

KEY_TYPES = frozenset(
    {
        "ssh-ed25519",
        "ssh-rsa",
        "ecdsa-sha2-nistp256",
        "ecdsa-sha2-nistp384",
        "ecdsa-sha2-nistp521",
    }
)
_HOST_LABEL = re.compile(r"(?!-)[A-Za-z0-9-]{1,63}(?<!-)")
_UNIT = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.:@-]{0,240}\.service")
_USERNAME = re.compile(r"[a-z_][a-z0-9_-]{0,31}")


def check_host(host: str) -> None:
    """A DNS name (RFC 1123) or an IP address, without port, user or brackets."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        named = len(host) <= 253 and all(
            _HOST_LABEL.fullmatch(label) for label in labels
        )
        if not named or all(label.isdigit() for label in labels):
            raise ValueError("Write a host name or an IP address.") from None


def check_username(name: str) -> None:
    if not _USERNAME.fullmatch(name):
        raise ValueError(
            "A user name on a server starts with a lower-case letter or _ and goes on "
            "with those, digits and -, 32 characters at most."
        )


def check_systemd_unit(name: str) -> None:
    if not _UNIT.fullmatch(name):
        raise ValueError("Write the full name of a service unit, such as shop.service.")


def check_health_check_url(url: str) -> None:
    """``http`` or ``https``; it is asked on the target server, never from here."""
    if any(ord(char) <= 32 or ord(char) > 126 for char in url):
        raise ValueError("An address has no spaces and only ASCII characters.")
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or parts.username is not None:
        raise ValueError("Write an address such as http://127.0.0.1:8069/health.")
    try:
        port = parts.port
    except ValueError:
        raise ValueError("The port of this address is not a number.") from None
    if port == 0:
        raise ValueError("Port 0 cannot be asked.")
    check_host(parts.hostname or "")


def check_host_key(line: str) -> None:
    """One OpenSSH public-key line: a type and the base64 of a blob of that type."""
    words = line.split(" ")
    if "\n" in line or len(words) < 2 or words[0] not in KEY_TYPES:
        raise ValueError("Write one public key as in ssh-ed25519 AAAA….")
    try:
        blob = base64.b64decode(words[1], validate=True)
    except (ValueError, binascii.Error):
        raise ValueError("The key is not valid base64.") from None
    length = int.from_bytes(blob[:4], "big")
    if blob[4 : 4 + length].decode("ascii", "replace") != words[0]:
        raise ValueError("The key is of another type than its first word says.")


def host_key_fingerprint(line: str) -> str:
    """``SHA256:…`` as ``ssh-keygen -l`` prints it."""
    digest = hashlib.sha256(base64.b64decode(line.split(" ")[1])).digest()
    return "SHA256:" + base64.b64encode(digest).decode().rstrip("=")
