"""Branches, commits, repositories."""

import re
from urllib.parse import urlsplit

from projects.syntax.hosts import check_host
from projects.syntax.paths import PATH

_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+@=-]*")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_URL_PATH = re.compile(r"[A-Za-z0-9_.~+@%/-]+")


def check_branch(name: str) -> None:
    """Stricter than git-check-ref-format(1): a valid ref is not safe everywhere."""
    parts = name.split("/")
    if (
        not _BRANCH.fullmatch(name)
        or len(name) > 200
        or ".." in name
        or "@{" in name
        or name in {"@", "HEAD"}
        or any(not part or part.startswith((".", "-")) for part in parts)
        or any(part.endswith((".", ".lock")) for part in parts)
    ):
        raise ValueError(
            "This is not a branch name. Use letters, digits and . _ - / + = @ as in "
            "feature/x-1."
        )


def check_commit(commit: str) -> None:
    """Only a full object name is an identity: a branch may look like a short one."""
    if not _COMMIT.fullmatch(commit) or commit == "0" * 40:
        raise ValueError("Give a commit by its full name: 40 lower-case hex digits.")


def check_git_url(url: str, *, allow_local: bool = False) -> None:
    """``https://host/path`` without user, query or fragment.

    ``allow_local`` additionally admits ``file:///absolute/path``.
    """
    if any(ord(char) <= 32 or ord(char) > 126 for char in url) or len(url) > 500:
        raise ValueError("A Git address has no spaces and only ASCII characters.")
    if "%0" in url.lower():
        raise ValueError("A Git address may not contain encoded control characters.")
    parts = urlsplit(url)
    if allow_local and parts.scheme == "file":
        if parts.netloc or not PATH.fullmatch(parts.path):
            raise ValueError("Write a local repository as file:///absolute/path.")
        return
    if parts.scheme != "https":
        raise ValueError("Write the Git address as https://host/path.")
    if parts.username is not None or parts.password is not None:
        raise ValueError(
            "Leave user name and password out of the address and store a Git token."
        )
    if parts.query or parts.fragment:
        raise ValueError("A Git address has neither a query nor a fragment.")
    check_host(parts.hostname or "")
    _check_repository_path(parts.path)


def _check_repository_path(path: str) -> None:
    suspicious = any(
        segment in {".", ".."} or segment.startswith("-") for segment in path.split("/")
    )
    if suspicious or path == "/" or not _URL_PATH.fullmatch(path):
        raise ValueError("The path of this Git address is not one of a repository.")
