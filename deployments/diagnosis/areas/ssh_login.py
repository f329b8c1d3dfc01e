"""What ssh says about keys and about the log-in, whichever program speaks it."""

from deployments.diagnosis.model import configuration, external, rule

FAILURES = (
    external(
        "auth_failed",
        "The server does not accept the sign-in",
        "The server[ {host}] does not accept the console's key[ for the user"
        " {username}].",
        "Add the console's public key to that user's authorized_keys on the server and"
        " check the user name, then retry.",
        probe="authentication",
    ),
    external(
        "host_key_mismatch",
        "The server's host key has changed",
        "The server[ {host}] shows another host key than the accepted one[: {actual}]["
        " instead of {expected}].",
        "If the server was rebuilt, accept its new key in the server's settings and"
        " retry; otherwise somebody may be listening in.",
        probe="host_key",
    ),
    external(
        "host_key_unknown",
        "The server's host key was never accepted",
        "The host key of the server[ {host}] has not been accepted yet.",
        "Compare its fingerprint and accept it in the server's settings, then retry.",
        probe="host_key",
    ),
    configuration(
        "ssh_algorithms",
        "Console and server share no SSH algorithm",
        "Console and server have no SSH algorithm in common[: {detail}][; the server"
        " offers {actual}][; the console knows {expected}].",
        "Allow one that the console knows in the server's sshd_config (KexAlgorithms,"
        " Ciphers, MACs, HostKeyAlgorithms) beside what is there, and restart its SSH"
        " service.",
        probe="connection",
    ),
    external(
        "server_key_invalid",
        "The console's key for the server is unusable",
        "The private key stored for the server cannot be used[: {detail}].",
        "Store an unencrypted, complete private key (or let the console make one),"
        " then retry.",
        probe="authentication",
    ),
    external(
        "ssh_key_missing",
        "No private key is stored for the server",
        "No private key is stored for the server[ {host}], so the console cannot sign"
        " in.",
        "Store one, or let the console make one on the server's page and add its public"
        " line to the account's ~/.ssh/authorized_keys, then retry.",
        probe="authentication",
    ),
    external(
        "ssh_login_forbidden",
        "The server does not let the user in",
        "The key was accepted, but the server does not let the user in[: {detail}].",
        "Enable the account and its shell on the server, then retry.",
        probe="authentication",
    ),
)

#: Where the console itself signs in: what a command prints later is about others.
OWN = "connect"

RULES = (
    rule(
        "server_key_invalid",
        r"^Load key .{0,200}: (?P<detail>.{1,80})$",
        r"UNPROTECTED PRIVATE KEY FILE|private key files? (?:is|are) encrypted",
        r"(?i)not a valid (?:\w{1,20} )?private key",
        r"PasswordRequiredException|encountered \w{1,20} key, expected \w{1,20} key",
        r"PermissionError: .{0,40}Permission denied: '"
        r"(?P<detail>[^'\n]{0,80}id_\w{1,30})'",
        r"PKeyError: (?P<detail>.{1,80})",
        r"Identity file .{0,200} not accessible",
        r"paramiko/\w{0,10}key\.py\", line \d{1,6}, in [^\n]{1,80}\n(?:[^\n]{0,200}\n)"
        r"{1,3}FileNotFoundError: ",
        r"can't connect without a private SSH key|Cannot parse privateKey",
        r"ssh: no key found|private key is passphrase protected|Could not open a"
        r" connection to your authentication agent",
        r"Error loading key \"[^\"\n]{1,120}\": (?P<detail>.{1,60})",
        r"(?P<detail>Bad (?:owner or )?permissions.{0,80})",
        steps=OWN,
    ),
    rule(
        "host_key_mismatch",
        r"REMOTE HOST IDENTIFICATION HAS CHANGED",
        r"Host key for server '?(?P<host>[^' ]{1,100})'? does not match",
        r"BadHostKeyException|HostKeyMismatch|knownhosts: key mismatch",
        r"host key .{0,60} has changed and you have requested strict checking",
        steps=OWN,
    ),
    rule(
        "host_key_unknown",
        r"host key is known for (?P<host>\S{1,100}) and you have requested strict",
        r"Server '?(?P<host>[^' ]{1,100})'? not found in known_hosts",
        r"The authenticity of host '(?P<host>[^ ']{1,100})",
        r"Host key verification failed",
        r"HostKeyUnknown|knownhosts: key is unknown",
        steps=OWN,
    ),
    rule(
        "ssh_algorithms",
        r"Unable to negotiate with .{0,80}: (?P<detail>no matching .{0,160})",
        r"Incompatible (?:ssh|version)|q must be exactly 160, 224",
        r"(?i)no acceptable \w{1,20} algorithm",
        r"could not settle on \w{1,30} algorithm|no common \w{1,30} algorithm",
        r"(?i)key type .{0,40} not in PubkeyAcceptedAlgorithms",
        r"Protocol major versions differ",
        steps=OWN,
    ),
    rule(
        "ssh_login_forbidden",
        r"(?P<detail>This account is (?:currently )?not available)",
        r"(?i)(?P<detail>your (?:account|password) has expired)",
        r"(?P<detail>System is (?:booting up|going down))",
        r"(?P<detail>You are required to change your password)",
        r"(?P<detail>Account (?:is )?locked)",
        steps=OWN,
    ),
    rule(
        "auth_failed",
        r"(?<![\w.-])(?P<username>[\w.-]{1,60})@(?P<host>[\w.:-]{1,100}): "
        r"Permission denied \(",
        r"Permission denied \((?:publickey|password|keyboard-inter|gssapi|hostbased)",
        r"Authentication failed for user (?P<username>[\w.-]{1,60})@"
        r"(?P<host>[\w.-]{1,100})",
        r"Too many authentication failures",
        r"(?:AuthenticationException|BadAuthenticationType|"
        r"SSH::AuthenticationFailed)\b",
        r"No authentication methods available|authentication methods failed",
        r"ssh: unable to authenticate|(?i:no supported (?:authentication )?methods)",
        steps=OWN,
    ),
    rule(
        "auth_failed",
        r"(?i)\bAuthentication failed\.?$|in auth_(?:publickey|password)$",
        steps=OWN,
    ),
)
