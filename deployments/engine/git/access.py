"""What one Git process is told, so that it reaches one repository and nothing else."""

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from projects.syntax import GitAddress

#: What an operator sets for the whole console: proxies and private authorities.
INHERITED = (
    "PATH",
    "TMPDIR",
    "HTTPS_PROXY",
    "https_proxy",
    "NO_PROXY",
    "no_proxy",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "GIT_SSL_CAINFO",
)

#: Git runs the helper with a shell; the token itself stays in the environment.
_HELPER = (
    "!f() { printf 'username=%s\\npassword=%s\\n' "
    '"$OEC_GIT_USERNAME" "$OEC_GIT_PASSWORD"; }; f'
)


@dataclass(frozen=True, slots=True)
class Access:
    """``options`` stand in the process list and hold no secret."""

    options: tuple[str, ...] = ()
    variables: Mapping[str, str] = field(default_factory=dict, repr=False)

    @property
    def environment(self) -> dict[str, str]:
        """No configuration but ours, no questions, no transport unless opened."""
        return {
            **_inherited(),
            "HOME": os.devnull,
            "LC_ALL": "C",
            "GIT_ALLOW_PROTOCOL": "",
            "GIT_CONFIG_GLOBAL": os.devnull,
            "GIT_CONFIG_NOSYSTEM": "1",
            "GIT_TERMINAL_PROMPT": "0",
            **self.variables,
        }


def _inherited() -> dict[str, str]:
    """Not every build of Git's client looks at the name that OpenSSL knows."""
    names = {name: os.environ[name] for name in INHERITED if name in os.environ}
    if "SSL_CERT_FILE" in names:
        names.setdefault("GIT_SSL_CAINFO", names["SSL_CERT_FILE"])
    return names


CLOSED = Access()
LOCAL = Access(variables={"GIT_ALLOW_PROTOCOL": "file"})


def over_https(
    url: str, address: GitAddress, numbers: Sequence[str], token: str
) -> Access:
    """``numbers`` are the IP addresses that the host may have; none: any.

    ``token`` may be ``username:token`` for hosts that insist on a certain user name.
    """
    username, _, password = token.rpartition(":")
    variables = {
        "GIT_ALLOW_PROTOCOL": "https",
        "OEC_GIT_USERNAME": username or "oauth2",
        "OEC_GIT_PASSWORD": password,
    }
    return Access((*_credential(url, token), *_pin(address, numbers)), variables)


def _credential(url: str, token: str) -> list[str]:
    """Hand the token to this host alone."""
    host = urlsplit(url).netloc
    return ["-c", f"credential.https://{host}.helper={_HELPER}"] if token else []


def _pin(address: GitAddress, numbers: Sequence[str]) -> list[str]:
    """A name must not lead elsewhere when it is asked for the second time."""
    listed = ",".join(f"[{number}]" if ":" in number else number for number in numbers)
    place = f"{address.host}:{address.port}:{listed}"
    is_name = numbers and address.host not in numbers
    return ["-c", f"http.curloptResolve={place}"] if is_name else []
