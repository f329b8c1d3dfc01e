"""Where a project's commits come from, and how Git is let through to it."""

import socket
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from urllib.request import getproxies, proxy_bypass

from deployments.engine.exceptions import EngineError
from deployments.engine.git.access import LOCAL, Access, over_https
from deployments.engine.git.ssh_access import over_ssh
from projects import syntax
from projects.syntax import GitAddress

#: So many of a name's addresses are tried, at most.
MOST_ADDRESSES = 4


def resolved(host: str, port: int) -> list[str]:
    """The IP addresses of ``host``. Raises EngineError name_not_resolved."""
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise EngineError("name_not_resolved", host=host, detail=str(error)) from None
    return list(dict.fromkeys(str(place[0]) for *_, place in answers))


@dataclass(frozen=True, slots=True)
class Origin:
    """A repository's address and what opens it.

    Over HTTPS that is ``token``, over SSH the private ``key``, shown only to a host
    that proves to have ``host_key``. ``allowed_hosts`` need not be public; see
    ``syntax.check_git_host``. ``resolve`` is for those who do not want to wait for a
    name server as long as ``resolved`` does; it raises what that raises.
    """

    url: str
    token: str = field(default="", repr=False)
    key: str = field(default="", repr=False)
    host_key: str = ""
    allow_local: bool = False
    allowed_hosts: tuple[str, ...] = ()
    resolve: Callable[[str, int], list[str]] = field(default=resolved, repr=False)

    @property
    def address(self) -> GitAddress:
        """Raises EngineError git_url_refused: it may be older than a rule."""
        try:
            syntax.check_git_url(
                self.url, allow_local=self.allow_local, allowed_hosts=self.allowed_hosts
            )
            return syntax.git_address(self.url, allow_local=self.allow_local)
        except ValueError as error:
            raise EngineError(
                "git_url_refused", url=self.url, detail=str(error)
            ) from None

    def numbers(self) -> list[str]:
        """The IP addresses of the host, in the order to try them.

        None for a local repository, and where a proxy does the asking. Raises
        EngineError git_unreachable, and git_url_refused if one of them is not allowed.
        """
        address = self.address
        if address.scheme == "file" or _is_behind_proxy(address):
            return []
        try:
            numbers = self.resolve(address.host, address.port)
        except EngineError as error:
            if error.code != "name_not_resolved":
                raise
            facts = {**error.facts, "host": address.host, "url": self.url}
            raise EngineError("git_unreachable", **facts) from None
        for number in numbers:
            self._check_number(address.host, number)
        return numbers[:MOST_ADDRESSES]

    def ways(self) -> list[list[str]]:
        """Groups of IP addresses; each is tried by a Git process of its own.

        Over HTTPS one process tries them all, the client of OpenSSH only one.
        """
        numbers = self.numbers()
        is_ssh = self.address.scheme == "ssh"
        return [[number] for number in numbers] if is_ssh else [numbers]

    @contextmanager
    def opened(self, way: list[str], *, beside: Path) -> Iterator[Access]:
        """Private files are made beside the path ``beside`` and removed again.

        Raises EngineError if something is missing; see ``over_ssh``.
        """
        address = self.address
        match address.scheme:
            case "file":
                yield LOCAL
            case "https":
                yield over_https(self.url, address, way, self.token)
            case _:
                with over_ssh(
                    address,
                    way[0],
                    key=self.key,
                    host_key=self.host_key,
                    beside=beside,
                ) as access:
                    yield access

    def _check_number(self, host: str, number: str) -> None:
        try:
            syntax.check_git_host_at(host, number, self.allowed_hosts)
        except ValueError as error:
            raise EngineError(
                "git_url_refused", host=host, url=self.url, detail=str(error)
            ) from None


def _is_behind_proxy(address: GitAddress) -> bool:
    is_used = address.scheme == "https" and "https" in getproxies()
    return is_used and not proxy_bypass(address.host)
