"""What a container is made from, and how it meets the outside."""

import ipaddress
import re

from projects.syntax.lines import numbered, place_of, tidy_port, tidy_volume
from projects.syntax.paths import PATH, PROTECTED_PATHS

_COMPONENT = r"[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*"
_DOMAIN = r"[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::[0-9]{1,5})?"
#: The grammar of github.com/distribution/reference.
_IMAGE = re.compile(
    rf"(?:{_DOMAIN}/)?{_COMPONENT}(?:/{_COMPONENT})*"
    r"(?::[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(?:@sha256:[0-9a-f]{64})?"
)
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}")
_PORT = re.compile(r"(?:(?P<address>[^/]+):)?(?P<host>[0-9]+):(?P<own>[0-9]+)(/udp)?")
_VOLUME = re.compile(r"(?P<source>[^:]+):(?P<target>[^:]+)(?::(?:ro|rw))?")
_REGISTRY = re.compile(_DOMAIN)


def check_image(reference: str) -> None:
    if not _IMAGE.fullmatch(reference) or len(reference) > 255:
        raise ValueError(
            "Write an image as registry.example.org/shop:1.2, or leave this empty to "
            "build the commit's own Dockerfile."
        )


def check_network(name: str) -> None:
    if not _NAME.fullmatch(name):
        raise ValueError("Write bridge, host, none, or the name of a Docker network.")


def check_ports(text: str) -> None:
    """One published port per line: ``[address:]port on the server:port inside``."""
    for number, line in numbered(text):
        match, where = _PORT.fullmatch(tidy_port(line)), place_of(number, text)
        numbers = [int(match[name]) for name in ("host", "own")] if match else [0]
        if not match or not all(0 < number < 65_536 for number in numbers):
            raise ValueError(
                f"{where}{line[:80]!r} is not a port. Write one per line, such as "
                "127.0.0.1:8069:8069 or 8072:8072."
            )
        if match["address"]:
            _check_address(match["address"], where)


def check_volumes(text: str) -> None:
    """One mount per line: ``volume or absolute path:path in the container[:ro]``."""
    for number, line in numbered(text):
        match, where = _VOLUME.fullmatch(tidy_volume(line)), place_of(number, text)
        if not match or not PATH.fullmatch(match["target"]):
            raise ValueError(
                f"{where}{line[:80]!r} is not a volume. Write one per line, such as "
                "filestore:/var/lib/odoo or /srv/shop/shared/media:/media:ro."
            )
        source = match["source"]
        is_folder = PATH.fullmatch(source) and source not in PROTECTED_PATHS
        if not is_folder and not _NAME.fullmatch(source):
            raise ValueError(
                f"{where}{source[:80]} cannot be mounted. Name a volume, or a folder "
                "that does not belong to the system."
            )


def check_registry(host: str) -> None:
    if not _REGISTRY.fullmatch(host):
        raise ValueError("Write the registry's host, such as registry.example.org.")


def _check_address(text: str, where: str) -> None:
    try:
        ipaddress.IPv4Address(text)
    except ValueError:
        raise ValueError(f"{where}{text[:80]} is not an IPv4 address.") from None
