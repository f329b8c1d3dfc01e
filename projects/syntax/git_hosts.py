"""Which hosts the console may fetch from: public ones, and those that are allowed.

Whoever edits a project names an address that the *console* then opens. What only the
console's own network can reach (its metadata service, its databases) must not become
reachable that way, so such hosts have to be allowed by an administrator of the machine:
by name, by network (``10.1.0.0/16``), or all of them (``*``).
"""

import ipaddress
from collections.abc import Collection
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network

#: RFC 6761, 6762, 8375, and what networks call themselves.
LOCAL_DOMAINS = frozenset(
    "localhost local internal intranet private corp home lan localdomain".split()
) | {"home.arpa"}
#: Mail, databases, caches: a Git host listens on none of these.
FOREIGN_PORTS = frozenset(
    {25, 110, 143, 389, 445, 465, 587, 1433, 2375, 3306, 5432, 6379, 9200, 11211, 27017}
)
ADVICE = (
    "Whoever runs this console can allow it with the setting OEC_GIT_ALLOWED_HOSTS."
)

_GLOBAL_UNICAST = IPv6Network("2000::/3")
_NAT64 = IPv6Network("64:ff9b::/96")
#: Public by their number only: 6to4 and its relays, protocol assignments, and the
#: address of Azure's machine agent.
_PECULIAR = (
    IPv6Network("2002::/16"),
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv4Network("168.63.129.16/32"),
)


def check_git_host(host: str, port: int, allowed: Collection[str]) -> None:
    """By what the address says, without asking anybody where ``host`` is."""
    if _is_named(host, allowed):
        return
    if port in FOREIGN_PORTS:
        raise ValueError(f"Port {port} belongs to another kind of service. {ADVICE}")
    try:
        ipaddress.ip_address(host)
    except ValueError:
        if _is_local(host):
            raise ValueError(
                f"{host} is a name of a private network. {ADVICE}"
            ) from None
    else:
        check_git_host_at(host, host, allowed)


def check_git_host_at(host: str, address: str, allowed: Collection[str]) -> None:
    """By the ``address`` that ``host`` was resolved to."""
    if _is_named(host, allowed):
        return
    number = ipaddress.ip_address(address)
    if not _is_public(number) and not any(_is_in(number, entry) for entry in allowed):
        name = host if host == address else f"{host} ({address})"
        raise ValueError(f"{name} is not on the public Internet. {ADVICE}")


def _is_named(host: str, allowed: Collection[str]) -> bool:
    return "*" in allowed or _plain(host) in map(_plain, allowed)


def _plain(name: str) -> str:
    return name.lower().removesuffix(".")


def _is_in(number: IPv4Address | IPv6Address, entry: str) -> bool:
    try:
        return number in ipaddress.ip_network(entry)
    except ValueError:
        return False


def _is_local(name: str) -> bool:
    labels = _plain(name).split(".")
    return len(labels) == 1 or not LOCAL_DOMAINS.isdisjoint(
        {labels[-1], ".".join(labels[-2:])}
    )


def _is_public(address: IPv4Address | IPv6Address) -> bool:
    if address in _NAT64:
        # It stands for an IPv4 address, which networks without IPv4 have for every one.
        address = IPv4Address(int(address) & 0xFFFF_FFFF)
    if any(address in network for network in _PECULIAR):
        return False
    if isinstance(address, IPv6Address):
        return address in _GLOBAL_UNICAST and address.is_global
    return address.is_global and not address.is_multicast
