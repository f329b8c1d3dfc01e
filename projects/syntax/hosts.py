"""Machines: names, accounts, services, addresses, host keys."""

import base64
import binascii
import hashlib
import ipaddress
import re
from urllib.parse import SplitResult, urlsplit

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
#: Resolvers read 127.1, 2130706433 and 0x7f.1 as addresses (inet_aton(3)).
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9a-fA-F]*")
_SCOPE = re.compile(r"[A-Za-z0-9_.-]{1,64}")
#: OpenSSH's own client takes none of these in a user name (valid_ruser in ssh.c).
_NEVER_IN_USERNAMES = frozenset("'`\";&<>|(){}")
MAX_USERNAME = 255


def check_host(host: str) -> None:
    """A DNS name (RFC 1123) or an IP address, without port, user or brackets."""
    if not _is_address(host) and not _is_name(host):
        raise ValueError("Write a host name or an IP address.")


def _is_address(text: str) -> bool:
    try:
        address = ipaddress.ip_address(text)
    except ValueError:
        return False
    scope = getattr(address, "scope_id", None)
    return scope is None or bool(_SCOPE.fullmatch(scope))


def _is_name(text: str) -> bool:
    """What ends in a number is one of the other ways to write an IPv4 address."""
    labels = text.removesuffix(".").split(".")
    return (
        len(text) <= 253
        and all(_HOST_LABEL.fullmatch(label) for label in labels)
        and not _NUMBER.fullmatch(labels[-1])
    )


def check_username(name: str) -> None:
    r"""Any account that SSH can name: ``john.doe``, ``CORP\deploy``, ``a@corp.org``."""
    if not name.isprintable() or any(char.isspace() for char in name):
        raise ValueError("A user name has no spaces and no control characters.")
    if name.startswith("-") or name.endswith("\\"):
        raise ValueError(r"A user name neither starts with - nor ends with \.")
    # The accounts of machines in a Windows domain end with $.
    strange = _NEVER_IN_USERNAMES.intersection(name) or "$" in name[:-1]
    if strange or len(name) > MAX_USERNAME:
        raise ValueError(
            "Write a user name as the server knows it, such as deploy, john.doe or "
            f"deploy@corp.example, {MAX_USERNAME} characters at most."
        )


def check_systemd_unit(name: str) -> None:
    if not _UNIT.fullmatch(name):
        raise ValueError("Write the full name of a service unit, such as shop.service.")


def check_health_check_url(url: str) -> None:
    """``http`` or ``https``; it is asked on the target server, never from here."""
    parts = _split(url)
    if parts.scheme not in {"http", "https"} or parts.username is not None:
        raise ValueError("Write an address such as http://127.0.0.1:8069/health.")
    _check_place(parts)


def check_health_check_host(text: str) -> None:
    """What stands in a ``Host`` header: a host, with a port where it has one."""
    parts = _split(f"//{text}")
    if parts.netloc != text or parts.username is not None:
        raise ValueError("Write a host such as www.example.org or shop.test:8443.")
    _check_place(parts)


def _split(url: str) -> SplitResult:
    if any(ord(char) <= 32 or ord(char) > 126 for char in url):
        raise ValueError("An address has no spaces and only ASCII characters.")
    try:
        return urlsplit(url)
    except ValueError:
        raise ValueError("This is not an address.") from None


def _check_place(parts: SplitResult) -> None:
    try:
        port = parts.port
    except ValueError:
        raise ValueError("The port of this address is not a number.") from None
    if port == 0 or parts.netloc.endswith(":"):
        raise ValueError("The port of this address is a number from 1 to 65535.")
    check_host(parts.hostname or "")


def check_host_key(line: str) -> None:
    """One OpenSSH public-key line: a type and the base64 of a blob of that type."""
    words = line.split(" ")
    if not line.isprintable() or len(words) < 2 or words[0] not in KEY_TYPES:
        raise ValueError("Write one public key as in ssh-ed25519 AAAA….")
    if any(word.startswith(("ssh-", "ecdsa-", "AAAA")) for word in words[2:]):
        raise ValueError("These are several public keys. Write one.")
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
