"""What Git says when it fails on the console, and what that means.

Git has one exit code for all of this (128), so its text, in the C locale, has to do.
"""

import re

from deployments.engine.exceptions import CommandFailed, EngineError

_RULES = (
    (
        "git_branch_not_found",
        r"couldn't find remote ref|Remote branch .* not found",
    ),
    (
        "git_host_key_mismatch",
        r"Host key verification failed|REMOTE HOST IDENTIFICATION HAS CHANGED",
    ),
    (
        "git_auth_failed",
        r"Authentication failed|could not read (Username|Password)|HTTP Basic: Access"
        r"|terminal prompts disabled|returned error: (401|403)|Access denied"
        r"|Permission denied \(|Too many authentication failures",
    ),
    (
        "git_repository_not_found",
        r"[Rr]epository .*not found|does not appear to be a git repository"
        r"|returned error: (404|410)|not valid: is this a git repository"
        r"|project you were looking for could not be found",
    ),
    (
        "commit_unavailable",
        r"not our ref|unadvertised object|no such remote ref",
    ),
    (
        "git_redirected",
        r"returned error: 30[12378]",
    ),
    (
        "git_tls",
        r"certificate (problem|verification failed|has expired|is not trusted)"
        r"|no alternative certificate subject|certificate subject name"
        r"|unable to get (local )?issuer|self.signed certificate"
        r"|(setting|verify|adding) (certificate|trust)|CAfile|cert(ificate)? file"
        r"|wrong version number|unsupported protocol|alert (handshake|protocol)"
        r"|packet length|record overflow|unexpected TLS packet|HTTP/0\.9"
        r"|no protocols available|[Hh]andshake fail|unknown ca\b"
        r"|An unexpected TLS|hostname mismatch|legacy renegotiation",
    ),
    (
        "git_algorithms",
        r"Unable to negotiate|no matching (host key type|key exchange method|cipher"
        r"|MAC|compression)",
    ),
    (
        "git_url_refused",
        r"invalid format|Bad (port|remote protocol)|protocol error: bad line length"
        r"|URL rejected|malformed",
    ),
    (
        "",  # about the mirror: the caller looks at it
        r"(?<!remote: )(bad object refs/|did not send all necessary objects)"
        r"|^(error|fatal): .*(packfile|loose object|object file|index-pack failed"
        r"|inflate|unable to unpack|bad config|not a git repository)",
    ),
    (
        "git_unreachable",
        r"[Cc]ould not resolve|unable to access|[Ff]ailed to connect|timed out"
        r"|Connection (refused|reset|closed)|early EOF|RPC failed|hung up unexpectedly"
        r"|unexpected disconnect|returned error: (429|5\d\d)|Operation too slow"
        r"|^ssh: |^kex_exchange_identification"
        r"|Could not read from remote repository",
    ),
)

#: Of the console's own disk; what the Git host says comes after "remote:".
_NO_ROOM = re.compile(
    r"^(?!remote:).*(?:No space left on device|Disk quota exceeded|Out of diskspace)",
    re.MULTILINE,
)
_LOCATION = re.compile(r"Recv header: location: *([!-~]{1,500})", re.IGNORECASE)

DETAIL_CHARACTERS = 500


def failure_of(exit_code: int, text: str) -> EngineError | CommandFailed:
    """The failure of a Git process whose standard error is ``text``."""
    if _NO_ROOM.search(text):
        return EngineError("console_disk_full")
    return CommandFailed(exit_code, text)


def fetch_failure(
    exit_code: int, text: str, **facts: str
) -> EngineError | CommandFailed:
    """The same of a fetch, which has more ways to fail."""
    if _NO_ROOM.search(text):
        return failure_of(exit_code, text)
    for code, pattern in _RULES:
        if re.search(pattern, text, re.MULTILINE):
            if not code:
                break
            return EngineError(code, detail=text[-DETAIL_CHARACTERS:].strip(), **facts)
    return CommandFailed(exit_code, text)


def redirection(trace: str) -> str:
    """The repository's address in a trace of curl's, without what else was asked."""
    header = _LOCATION.search(trace)
    return header[1].partition("?")[0].removesuffix("/info/refs") if header else ""
