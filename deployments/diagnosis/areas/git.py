"""What git says about its host, its credentials and what it was asked for."""

from deployments.diagnosis.model import configuration, external, rule

FAILURES = (
    external(
        "git_unreachable",
        "The Git host cannot be reached",
        "The Git host[ {host}] cannot be reached or does not answer properly.",
        "Check the host's status page and the network of the console, then retry.",
        probe="git_host",
    ),
    external(
        "git_timeout",
        "The Git host is too slow",
        "The Git host[ {host}] did not deliver in time[: {detail}].",
        "Retry when it is faster.",
        probe="git_host",
    ),
    external(
        "git_transfer_broken",
        "The transfer from the Git host broke off",
        "The connection to the Git host broke off while objects were transferred.",
        "Retry; if it happens again, check the network and the host's status page.",
        probe="git_host",
    ),
    external(
        "git_rate_limited",
        "The Git host limits requests",
        "The Git host[ {host}] refuses further requests for now.",
        "Wait until its limit is reset, then retry.",
        probe="git_host",
    ),
    external(
        "git_auth_failed",
        "The Git host does not accept the credentials",
        "The Git host[ {host}] does not accept the stored token or key.",
        "Store a token or key that may read this repository (an organization with"
        " single sign-on must authorize it too), then retry.",
        probe="git_access",
    ),
    configuration(
        "git_password_empty",
        "The repository's address has an empty password",
        "The repository's address[ on {host}] carries a user name without a password.",
        "Remove the user name from the address and store a token instead, or set the"
        " variable that should fill it.",
    ),
    external(
        "git_host_key",
        "The Git host's key is not the recorded one",
        "The host key of the Git host[ {host}] is unknown or has changed.",
        "Compare it with the key that the host publishes, record that one, then retry.",
        probe="git_access",
    ),
    external(
        "git_host_key_unknown",
        "No key of the Git host is accepted yet",
        "No host key of the Git host[ {host}] has been accepted, so nothing was asked"
        " of it.",
        "Fetch its key in the project's settings, compare the fingerprint with the one"
        " that the host publishes and accept it; then retry.",
        probe="git_access",
    ),
    external(
        "git_host_key_mismatch",
        "The Git host shows another key",
        "The Git host[ {host}] does not have the accepted host key[ {expected}][; it"
        " shows {actual}].",
        "Find out why it changed. Only if the change is genuine, accept the new key in"
        " the project's settings; then retry.",
        probe="git_access",
    ),
    external(
        "git_deploy_key_missing",
        "The project has no deploy key",
        "The project's address[ on {host}] is opened by a deploy key, and it has none.",
        "Generate one in the project's settings, allow its public half at the Git host;"
        " then retry.",
        probe="git_access",
    ),
    external(
        "git_missing",
        "The console has no git",
        "The console cannot fetch the commit: its worker finds no program git.",
        "Install git on the machine of the worker (apt-get install git), then retry.",
    ),
    external(
        "git_ssh_missing",
        "The console has no SSH client",
        "The console cannot speak to the Git host[ {host}]: there is no program ssh.",
        "Install openssh-client on the machine of the worker, then retry.",
    ),
    configuration(
        "git_algorithms",
        "The Git host and the console's ssh share no algorithm",
        "The Git host[ {host}] and the console's ssh have no algorithm in common[:"
        " {detail}].",
        "Allow a current one at the Git host (curve25519, ed25519), or name its own in"
        " the ssh_config of the console's machine.",
        probe="git_access",
    ),
    external(
        "git_redirected",
        "The Git host sends to another address",
        "The Git host[ {host}] answers that the repository[ {url}] has another"
        " address[: {actual}], which is not followed.",
        "Write the repository's present address (mostly it ends in .git) into the"
        " project's settings, then retry.",
        probe="git_access",
    ),
    external(
        "git_repository_too_large",
        "The repository is too large for this console",
        "The repository's mirror would become larger than this console allows[:"
        " {detail}].",
        "Raise OEC_MAX_REPOSITORY_BYTES, or remove large files from the repository's"
        " history; then retry.",
    ),
    external(
        "git_tls",
        "The Git host's certificate is not accepted",
        "No trusted TLS connection to the Git host[ {host}] can be made[: {detail}].",
        "Repair the host's certificate, or let the console trust its authority"
        " (GIT_SSL_CAINFO names a file with it); if the port speaks no TLS, correct the"
        " repository's address. Then retry.",
        probe="git_host",
    ),
    configuration(
        "git_repository_not_found",
        "The repository does not exist",
        "There is no repository under the project's address[ {url}], or the credentials"
        " may not"
        " see it.",
        "Correct the project's repository address (or the rights of its token).",
        probe="git_access",
    ),
    configuration(
        "git_branch_not_found",
        "The branch does not exist",
        "The branch, tag or commit[ {branch}] that was asked for does not exist in the"
        " repository.",
        "Correct the environment's branch, or push it, and deploy again.",
        probe="git_access",
    ),
    configuration(
        "git_url_refused",
        "The repository's address is not allowed",
        "The repository's address cannot be used[: {detail}].",
        "Use an https:// or ssh:// address of the repository.",
    ),
)

_FATAL = r"^(?:.{0,80} )?(?:fatal|error): .{0,60}"

RULES = (
    rule(
        "git_algorithms",
        r"Unable to negotiate with .{0,80}: (?P<detail>no matching .{0,160})",
        steps="resolve",
    ),
    rule(
        "git_password_empty",
        r"Authentication failed for 'https?://[^:@/\s]{1,60}:@(?P<host>[^/'\s]{1,100})",
    ),
    rule(
        "git_host_key",
        r"host key is known for (?P<host>\S{1,100}) and you have requested strict",
        r"REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed",
    ),
    rule(
        "git_auth_failed",
        r"Authentication failed for '\w{1,8}://(?:[^@/\s']{0,60}@)?"
        r"(?P<host>[^/'\s]{1,100})",
        r"could not read (?:Username|Password) for '\w{1,8}://(?P<host>[^/'\s]{1,100})",
        r"HTTP Basic: Access denied|Invalid username or (?:password|token)",
        r"Support for password authentication was removed|terminal prompts disabled",
        r"enabled or enforced SAML SSO|fatal: Authentication failed",
        r"unable to access '\w{1,8}://(?P<host>[^/'\s]{1,100}).{0,200}"
        r"requested URL returned error: 40[137]",
        r"RPC failed; HTTP 40[137]",
        r"remote: (?:Permission to .{1,100} denied|Write access .{0,40}not granted)",
        r"remote: .{0,60}(?:invalid credentials|access denied|not authorized|"
        r"not allowed to (?:down|up)load)",
        r"\w{1,40}@(?P<host>[\w.:-]{1,100}): Permission denied \(",
        r"ERROR: .{0,80}(?:deploy key|does not have (?:read )?access|"
        r"no longer allowed)",
        r"[Rr]epository access denied",
    ),
    rule(
        "git_repository_not_found",
        r"repository '(?P<url>[^'\n]{1,160})/?' (?:not found|does not exist)",
        r"'(?P<url>[^'\n]{1,160})' does not appear to be a git repository",
        r"ERROR: Repository not found|remote: (?:Not Found|Repository not found)",
        r"The project you were looking for could not be found",
        r"conq: repository does not exist|TF401019: |or repository not exported",
        r"remote: (?:ERROR: )?.{0,40}[Rr]epository .{0,100}(?:not found|"
        r"does not exist)",
        r"unable to access '(?P<url>[^'\s]{1,160})'.{0,60}returned error: 404",
    ),
    rule(
        "git_rate_limited",
        r"unable to access '\w{1,8}://(?P<host>[^/'\s]{1,100}).{0,200}error: 429",
        r"remote: .{0,40}(?i:rate limit|too many requests)|RPC failed; HTTP 429",
    ),
    rule(
        "git_tls",
        r"unable to access '\w{1,8}://(?P<host>[^/'\s]{1,100}).{0,200}"
        r"(?i:certificate|CAfile|SSL: |wrong version number|handshake fail|"
        r"unexpected TLS|HTTP/0\.9)",
        r"server certificate verification failed",
    ),
    rule(
        "git_transfer_broken",
        r"RPC failed;|early EOF|unexpected disconnect while reading sideband",
        r"invalid index-pack output|index-pack failed|index-pack died",
        r"fatal: (?:protocol error|pack has bad object|unpack-objects)",
        unless=r"No space left|git-lfs|not our ref",
    ),
    rule(
        "git_timeout",
        r"unable to access '\w{1,8}://(?P<host>[^/'\s]{1,100}).{0,200}(?i:timed out)",
        r"Operation too slow\. Less than",
    ),
    rule(
        "git_url_refused",
        r"(?P<detail>[Uu]nable to find remote helper for '\w{1,40}')",
        r"(?P<detail>transport '\w{1,40}' not allowed)",
        r"(?P<detail>[Pp]rotocol ['\"]?\w{1,40}['\"]? .{0,12}(?:not supported|"
        r"disabled))",
        r"(?P<detail>Could not resolve hostname (?:https?|ssh|git|ftp):)",
        r"(?P<detail>strange (?:hostname|pathname|port) '.{0,80})",
        r"(?P<detail>URL (?:using bad/illegal format|rejected).{0,60})",
        steps="resolve transfer",
    ),
    rule(
        "git_unreachable",
        r"unable to access '\w{1,8}://(?P<host>[^/'\s]{1,100})",
        r"ssh: Could not resolve hostname (?P<host>[^:\s]{1,100})",
        r"ssh: connect to host (?P<host>\S{1,100}) port",
        r"fatal: unable to (?:connect to|look up) (?P<host>[\w.-]{1,100})",
        r"remote: (?:Internal Server Error|.{0,40}temporarily unavailable)",
        r"^(?:fatal: )?(?:the|The) remote end hung up unexpectedly",
        r"Could not read from remote repository",
        r"remote: .{0,60}repository .{0,40}(?:is|has been) (?:disabled|locked)",
        unless=r"git-lfs|not our ref",
    ),
)
