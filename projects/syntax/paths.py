"""Folders and files on a server."""

import posixpath
import re

from projects.syntax.lines import numbered, place_of, tidy_path

PROTECTED_PATHS = frozenset(
    {
        "/bin",
        "/boot",
        "/dev",
        "/etc",
        "/home",
        "/lib",
        "/lib64",
        "/media",
        "/mnt",
        "/opt",
        "/proc",
        "/root",
        "/run",
        "/sbin",
        "/srv",
        "/sys",
        "/tmp",  # noqa: S108 - named in order to refuse it
        "/usr",
        "/usr/local",
        "/var",
        "/var/lib",
        "/var/www",
    }
)
#: So many log files are read for one failure.
MOST_LOGS = 10
PATH = re.compile(r"(/[A-Za-z0-9_][A-Za-z0-9_.+@-]*)+")
#: With everything below them; all that begin with lib as well.
_SYSTEM_FOLDERS = frozenset(
    {"bin", "boot", "dev", "etc", "proc", "run", "sbin", "sys", "usr"}
)
_RELATIVE = re.compile(
    r"[A-Za-z0-9_.][A-Za-z0-9_.+@-]*(/[A-Za-z0-9_.][A-Za-z0-9_.+@-]*)*"
)


def check_deploy_path(path: str) -> None:
    """An absolute, normal path of plain characters that is nobody else's folder."""
    if not PATH.fullmatch(path) or posixpath.normpath(path) != path:
        raise ValueError(
            "Write an absolute path of letters, digits and . _ - + @, such as "
            "/srv/shop, without a slash at its end."
        )
    if path in PROTECTED_PATHS or path.startswith(("/proc/", "/sys/", "/dev/")):
        raise ValueError(
            f"{path} belongs to the system. Give the environment a folder of its own, "
            f"such as {posixpath.join('/srv', 'shop')}."
        )


def check_new_deploy_path(path: str) -> None:
    """Refuse what lies in the system's own folders; older rows may have such a one."""
    first = path.split("/")[1]
    if _is_of_the_system(first) and not path.startswith("/usr/local/"):
        raise ValueError(
            f"{path} lies in /{first}, which belongs to the system. Give the "
            f"environment a folder elsewhere, such as {posixpath.join('/srv', 'shop')}."
        )


def lie_in_one_another(path: str, other: str) -> bool:
    """Whether two paths are the same folder, or one of them holds the other."""
    return f"{path}/".startswith(f"{other}/") or f"{other}/".startswith(f"{path}/")


def check_shared_paths(text: str) -> None:
    """One path below the release per line; a slash at its end makes it a directory."""
    seen: list[str] = []
    for number, line in numbered(text):
        path, where = tidy_path(line), place_of(number, text)
        if not _is_relative(path) or path.split("/")[0] == "REVISION":
            raise ValueError(
                f"{where}{line[:80]!r} is not a path inside a release. Write one per "
                "line, such as config/local.ini or, for a directory, media/."
            )
        for other in seen:
            if lie_in_one_another(path, other):
                raise ValueError(
                    f"{where}{path} and {other} overlap. Share the outer one."
                )
        seen.append(path)


def application_logs(text: str) -> list[str]:
    """The log files that ``text`` names, one per line; empty lines name none."""
    return [line for _, line in numbered(text)]


def check_application_logs(text: str) -> None:
    """At most ten files, each by an absolute path or one inside the release."""
    lines = numbered(text)
    for number, line in lines:
        path, where = line, place_of(number, text)
        is_absolute = PATH.fullmatch(path) and posixpath.normpath(path) == path
        if not is_absolute and not _is_relative(path):
            raise ValueError(
                f"{where}{path[:80]!r} is no log file. Write one per line: a path "
                "inside the release, such as logs/gunicorn.log, or one that begins "
                "with a slash."
            )
    if len(lines) > MOST_LOGS:
        raise ValueError(f"Name at most {MOST_LOGS} log files.")


def check_relative_path(path: str) -> None:
    if not _is_relative(path):
        raise ValueError(
            "Write a path inside the repository of letters, digits and . _ - + @ /."
        )


def _is_of_the_system(first: str) -> bool:
    return first in _SYSTEM_FOLDERS or first.startswith("lib")


def _is_relative(path: str) -> bool:
    return (
        bool(_RELATIVE.fullmatch(path))
        and len(path) <= 500
        and not any(part in {".", ".."} for part in path.split("/"))
    )
