"""Branches, commits, repositories."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from urllib.parse import SplitResult, urlsplit

from projects.syntax.git_hosts import check_git_host
from projects.syntax.hosts import check_host
from projects.syntax.paths import PATH

MAX_URL = 500
FORMS = "https://host/path, ssh://user@host/path or user@host:path"
PORTS = {"https": 443, "ssh": 22}

#: What git-check-ref-format(1) excludes, and what could change how a name reads:
#: control characters, line separators, marks of direction, invisible characters.
_NO_BRANCH = re.compile(
    r"[\x00-\x20\x7f-\x9f~^:?*\[\\]|[\u061c\u200b-\u200f\u2028-\u202e\u2060-\u2069]"
    r"|[\ufeff\ud800-\udfff]|\.\.|@\{|//"
)
MAX_BRANCH = 200
_COMMIT = re.compile(r"[0-9a-f]{40}")
_USER = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}")
#: What scp(1) takes: no scheme, no port, and the path begins at the user's home.
_SHORT = re.compile(r"(?P<username>[^@:/]+)@(?P<host>[^@:/\[\]]+):(?P<path>[^:]+)")
_HTTPS_PATH = re.compile(r"[A-Za-z0-9_.~+@%/-]+")
#: Git decodes %41 in an ssh:// path before the other side sees it.
_SSH_PATH = re.compile(r"[A-Za-z0-9_.~+@/-]+")


@dataclass(frozen=True, slots=True)
class GitAddress:
    """The parts of a repository's address; a local one has no host."""

    scheme: str
    username: str
    host: str
    port: int
    path: str


def check_branch(name: str) -> None:
    """What ``git check-ref-format --branch`` takes, unless it would not read as it is.

    Git itself keeps a component to 255 bytes, being the name of a file.
    """
    parts = name.split("/")
    if (
        not name
        or len(name) > MAX_BRANCH
        or _NO_BRANCH.search(name)
        or name in {"@", "HEAD"}
        or name.startswith("-")
        or name.endswith(".")
        or any(not part or part.startswith(".") for part in parts)
        or any(part.endswith(".lock") for part in parts)
        or any(len(part.encode()) > 250 for part in parts)
    ):
        raise ValueError(
            "This is not a branch name that Git takes: no spaces, control characters or"
            " any of ~ ^ : ? * [ \\, no '..' or '@{', and no part that begins with a"
            " dot or ends with .lock."
        )


def check_commit(commit: str) -> None:
    """Only a full object name is an identity: a branch may look like a short one."""
    if not _COMMIT.fullmatch(commit) or commit == "0" * 40:
        raise ValueError("Give a commit by its full name: 40 lower-case hex digits.")


def check_git_url(
    url: str, *, allow_local: bool = False, allowed_hosts: Collection[str] = ()
) -> None:
    """An address of ``git_address`` whose host may be spoken to, by what it is called.

    What a name leads to is checked when it is used; see ``check_git_host``.
    """
    address = git_address(url, allow_local=allow_local)
    if address.host:
        check_git_host(address.host, address.port, allowed_hosts)


def git_address(url: str, *, allow_local: bool = False) -> GitAddress:
    """The parts of ``url``, which holds no password, query or fragment.

    ``https://host[:port]/path``, ``ssh://user@host[:port]/path``, its short form
    ``user@host:path``, and with ``allow_local`` also ``file:///absolute/path``.
    Raises ValueError.
    """
    if len(url) > MAX_URL:
        raise ValueError(f"A Git address has {MAX_URL} characters at most.")
    if any(ord(char) <= 32 or ord(char) > 126 for char in url):
        raise ValueError("A Git address has no spaces and only ASCII characters.")
    return _full(url, allow_local) if "://" in url else _short(url)


def git_origin(url: str) -> str:
    """``scheme://host[:port]`` of an address: with whom a credential for it is shared.

    What names no host, such as a local address, is its own origin.
    """
    try:
        address = git_address(url, allow_local=True)
    except ValueError:
        return url
    if not address.host:
        return url
    host = f"[{address.host}]" if ":" in address.host else address.host
    port = "" if address.port == PORTS[address.scheme] else f":{address.port}"
    return f"{address.scheme}://{host}{port}"


def _full(url: str, allow_local: bool) -> GitAddress:
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError(f"Write the Git address as {FORMS}.") from None
    if allow_local and parts.scheme == "file":
        return _local(parts)
    if parts.scheme not in PORTS:
        raise ValueError(f"Write the Git address as {FORMS}.")
    if "?" in url or "#" in url:
        raise ValueError("A Git address has neither a query nor a fragment.")
    if port == 0 or parts.netloc.endswith(":"):
        raise ValueError("The port of a Git address is a number from 1 to 65535.")
    return _https(parts) if parts.scheme == "https" else _ssh(parts)


def _local(parts: SplitResult) -> GitAddress:
    if parts.netloc or not PATH.fullmatch(parts.path):
        raise ValueError("Write a local repository as file:///absolute/path.")
    return GitAddress("file", "", "", 0, parts.path)


def _https(parts: SplitResult) -> GitAddress:
    if parts.username is not None:
        raise ValueError(
            "Leave user name and password out of the address and store a Git token."
        )
    if "%0" in parts.path.lower():
        raise ValueError("A Git address may not contain encoded control characters.")
    host = _checked_host(parts.hostname or "")
    _check_path(parts.path, _HTTPS_PATH)
    return GitAddress("https", "", host, parts.port or PORTS["https"], parts.path)


def _ssh(parts: SplitResult) -> GitAddress:
    if parts.password is not None:
        raise ValueError(
            "Leave the password out of the address: a deploy key opens it."
        )
    host = _checked_host(parts.hostname or "")
    _check_user(parts.username or "")
    _check_path(parts.path, _SSH_PATH)
    port = parts.port or PORTS["ssh"]
    return GitAddress("ssh", parts.username or "", host, port, parts.path)


def _short(url: str) -> GitAddress:
    match = _SHORT.fullmatch(url)
    if not match:
        raise ValueError(f"Write the Git address as {FORMS}.")
    username, host, path = match["username"], match["host"], match["path"]
    _check_user(username)
    _check_path(path, _SSH_PATH)
    return GitAddress("ssh", username, _checked_host(host), PORTS["ssh"], path)


def _checked_host(host: str) -> str:
    check_host(host)
    if "%" in host:
        raise ValueError("Write a host name or an IP address.")
    if host.endswith("."):
        raise ValueError("Write the host name without a dot at its end.")
    return host.lower()


def _check_user(name: str) -> None:
    if not _USER.fullmatch(name):
        raise ValueError(
            "An SSH address names the user to sign in as: ssh://git@host/path."
        )


def _check_path(path: str, allowed: re.Pattern[str]) -> None:
    segments = path.split("/")
    suspicious = any(
        segment in {".", ".."} or segment.startswith("-") for segment in segments
    )
    if suspicious or path == "/" or not allowed.fullmatch(path):
        raise ValueError("The path of this Git address is not one of a repository.")
