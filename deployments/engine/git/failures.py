"""What Git says when a fetch fails, and what that means.

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
        "git_unreachable",
        r"[Cc]ould not resolve|unable to access|[Ff]ailed to connect|timed out"
        r"|Connection (refused|reset|closed)|early EOF|RPC failed|hung up unexpectedly"
        r"|unexpected disconnect|returned error: (429|5\d\d)|Operation too slow"
        r"|^ssh: |^kex_exchange_identification|Unable to negotiate"
        r"|Could not read from remote repository",
    ),
)

DETAIL_CHARACTERS = 500


def fetch_failure(
    exit_code: int, text: str, **facts: str
) -> EngineError | CommandFailed:
    """The failure that ``text``, Git's standard error, describes."""
    for code, pattern in _RULES:
        if re.search(pattern, text, re.MULTILINE):
            return EngineError(code, detail=text[-DETAIL_CHARACTERS:].strip(), **facts)
    return CommandFailed(exit_code, text)
