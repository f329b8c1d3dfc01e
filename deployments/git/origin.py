"""Where a project's commits come from, and how Git is told to fetch them safely."""

import os
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from deployments.exceptions import EngineError
from projects import syntax

# What an operator sets for the whole console: proxies and private authorities.
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

# Git runs the helper with a shell; the token itself stays in the environment.
_HELPER = (
    "!f() { printf 'username=%s\\npassword=%s\\n' "
    '"$OEC_GIT_USERNAME" "$OEC_GIT_PASSWORD"; }; f'
)


@dataclass(frozen=True, slots=True)
class Origin:
    """A repository's address and the token that opens it.

    ``token`` may be ``username:token`` for hosts that insist on a certain user name.
    """

    url: str
    token: str = field(default="", repr=False)
    allow_local: bool = False

    def check(self) -> None:
        """Raises EngineError git_url_refused: the address may be older than a rule."""
        try:
            syntax.check_git_url(self.url, allow_local=self.allow_local)
        except ValueError as error:
            raise EngineError(
                "git_url_refused", url=self.url, detail=str(error)
            ) from None

    def options(self) -> list[str]:
        """Arguments for Git that hold no secret: hand the token to this host alone."""
        if not self.token:
            return []
        parts = urlsplit(self.url)
        return ["-c", f"credential.{parts.scheme}://{parts.netloc}.helper={_HELPER}"]

    def environment(self) -> dict[str, str]:
        username, _, password = self.token.rpartition(":")
        return {
            **environment(),
            "GIT_ALLOW_PROTOCOL": "https:file" if self.allow_local else "https",
            "OEC_GIT_USERNAME": username or "oauth2",
            "OEC_GIT_PASSWORD": password,
        }


def environment() -> dict[str, str]:
    """For every Git process: no configuration but ours, no questions, no transport."""
    return {
        **{name: os.environ[name] for name in INHERITED if name in os.environ},
        "HOME": os.devnull,
        "LC_ALL": "C",
        "GIT_ALLOW_PROTOCOL": "",
        "GIT_CONFIG_GLOBAL": os.devnull,
        "GIT_CONFIG_NOSYSTEM": "1",
        "GIT_TERMINAL_PROMPT": "0",
    }
