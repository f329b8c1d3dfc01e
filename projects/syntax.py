"""What a well-formed value looks like: pure rules, no framework.

Each ``check_…`` returns nothing or raises ``ValueError`` with a sentence for people.
The doors use them when a value is entered, the engine again when it is used.
"""

import base64
import binascii
import hashlib
import ipaddress
import posixpath
import re
import unicodedata
from urllib.parse import urlsplit

RESERVED_VARIABLES = frozenset(
    {
        "BASH_ENV",
        "ENV",
        "HOME",
        "IFS",
        "LD_AUDIT",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "PATH",
        "PWD",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "SHELL",
        "SHELLOPTS",
    }
)
RESERVED_PREFIXES = ("GIT_", "OEC_", "SSH_")
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
# Characters that turn the direction of what follows: they disguise a name.
DIRECTION_OVERRIDES = frozenset(
    map(chr, [*range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)
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
_BRANCH = re.compile(r"[A-Za-z0-9_][A-Za-z0-9_./+@=-]*")
_COMMIT = re.compile(r"[0-9a-f]{40}")
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")
_USERNAME = re.compile(r"[a-z_][a-z0-9_-]{0,31}")
_PATH = re.compile(r"(/[A-Za-z0-9_][A-Za-z0-9_.+@-]*)+")
_URL_PATH = re.compile(r"[A-Za-z0-9_.~+@%/-]+")


def check_plain_text(text: str) -> None:
    """One line that a person typed: no control characters, not only spaces."""
    if not text.strip():
        raise ValueError("This may not be empty.")
    # Cc: controls, Cs: surrogates.
    if any(unicodedata.category(char) in {"Cc", "Cs"} for char in text):
        raise ValueError("Control characters are not allowed here.")
    if not DIRECTION_OVERRIDES.isdisjoint(text):
        raise ValueError("Text direction overrides are not allowed here.")


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
        if parts.netloc or not _PATH.fullmatch(parts.path):
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


def check_host(host: str) -> None:
    """A DNS name (RFC 1123) or an IP address, without port, user or brackets."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        labels = host.removesuffix(".").split(".")
        named = len(host) <= 253 and all(_HOST_LABEL.fullmatch(one) for one in labels)
        if not named or all(label.isdigit() for label in labels):
            raise ValueError("Write a host name or an IP address.") from None


def check_username(name: str) -> None:
    if not _USERNAME.fullmatch(name):
        raise ValueError(
            "A user name on a server starts with a lower-case letter or _ and goes on "
            "with those, digits and -, 32 characters at most."
        )


def check_deploy_path(path: str) -> None:
    """An absolute, normal path of plain characters that is nobody else's folder."""
    if not _PATH.fullmatch(path) or posixpath.normpath(path) != path:
        raise ValueError(
            "Write an absolute path of letters, digits and . _ - + @, such as "
            "/srv/shop, without a slash at its end."
        )
    if path in PROTECTED_PATHS or path.startswith(("/proc/", "/sys/", "/dev/")):
        raise ValueError(
            f"{path} belongs to the system. Give the environment a folder of its own, "
            f"such as {posixpath.join('/srv', 'shop')}."
        )


def check_command(text: str) -> None:
    if "\0" in text:
        raise ValueError("A command may not contain NUL characters.")


def check_variable_name(name: str) -> None:
    if not _VARIABLE_NAME.fullmatch(name):
        raise ValueError(
            "A variable's name has letters, digits and _, and starts with no digit."
        )
    if name in RESERVED_VARIABLES or name.startswith(RESERVED_PREFIXES):
        raise ValueError(f"{name} is reserved: it would change how commands are run.")


def check_variable_value(value: str) -> None:
    if "\0" in value:
        raise ValueError("A value may not contain NUL characters.")
    if len(value.encode("utf-8", "surrogatepass")) > 32 * 1024:
        raise ValueError("A value may have 32 KiB at most.")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("A value must be valid Unicode text.")


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
