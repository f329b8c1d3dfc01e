"""The SSH connection to the server, and how ssh and paramiko say that it failed."""

from deployments.diagnosis.model import external, rule

FAILURES = (
    external(
        "connect_refused",
        "The server refuses the connection",
        "The server[ {host}] refused the SSH connection[ on port {port}].",
        "Check that the server is up, that its SSH service runs, and the port; then"
        " retry.",
        probe="connection",
    ),
    external(
        "connect_timeout",
        "The server does not answer",
        "The server[ {host}] did not answer in time[ on port {port}].",
        "Check that the server is up and that no firewall is in between, then retry.",
        probe="connection",
    ),
    external(
        "no_route",
        "The server cannot be reached",
        "There is no network route to the server[ {host}].",
        "Check the server's address and the network of the console, then retry.",
        probe="connection",
    ),
    external(
        "name_not_resolved",
        "A name is not known to DNS",
        "The name[ {host}] could not be resolved.",
        "Check the spelling and the DNS entry, then retry.",
        probe="name_resolution",
    ),
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
    external(
        "connection_lost",
        "The connection to the server was lost",
        "The SSH connection to the server[ {host}] broke off.",
        "Check that the server is up and not overloaded, then retry.",
        probe="connection",
    ),
    external(
        "ssh_no_banner",
        "The SSH service does not greet",
        "The server accepted the connection, but its SSH service did not answer.",
        "The server is overloaded, throttles connections, or another service listens"
        " on this port; check that, then retry.",
        probe="connection",
    ),
    external(
        "ssh_algorithms",
        "Console and server share no SSH algorithm",
        "Console and server have no SSH algorithm in common[: {detail}].",
        "Update the server's SSH service or allow a current algorithm there, then"
        " retry.",
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
        "ssh_login_forbidden",
        "The server does not let the user in",
        "The key was accepted, but the server does not let the user in[: {detail}].",
        "Enable the account and its shell on the server, then retry.",
        probe="authentication",
    ),
    external(
        "ssh_channel_refused",
        "The server refuses part of the SSH session",
        "The server accepted the sign-in but refused the session[: {detail}].",
        "Check the limits and restrictions of the server's SSH service, then retry.",
        probe="connection",
    ),
)

#: ssh spoke for git: then it is the Git host that cannot be reached.
_GIT = r"Could not read from remote|Cloning into|^fatal: .{0,200}(?:clone|fetch)"

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
        r"(?P<detail>Bad (?:owner or )?permissions.{0,80})",
        unless=_GIT,
    ),
    rule(
        "host_key_mismatch",
        r"REMOTE HOST IDENTIFICATION HAS CHANGED",
        r"Host key for server '?(?P<host>[^' ]{1,100})'? does not match",
        r"BadHostKeyException|HostKeyMismatch|knownhosts: key mismatch",
        r"host key .{0,60} has changed and you have requested strict checking",
        unless=_GIT,
    ),
    rule(
        "host_key_unknown",
        r"host key is known for (?P<host>\S{1,100}) and you have requested strict",
        r"Server '?(?P<host>[^' ]{1,100})'? not found in known_hosts",
        r"The authenticity of host '(?P<host>[^ ']{1,100})",
        r"Host key verification failed",
        r"HostKeyUnknown|knownhosts: key is unknown",
        unless=_GIT,
    ),
    rule(
        "ssh_algorithms",
        r"Unable to negotiate with .{0,80}: (?P<detail>no matching .{0,160})",
        r"Incompatible (?:ssh|version)",
        r"(?i)no acceptable \w{1,20} algorithm",
        r"could not settle on \w{1,30} algorithm|no common \w{1,30} algorithm",
        r"(?i)key type .{0,40} not in PubkeyAcceptedAlgorithms",
        r"Protocol major versions differ",
    ),
    rule(
        "ssh_login_forbidden",
        r"(?P<detail>This account is (?:currently )?not available)",
        r"(?i)(?P<detail>your (?:account|password) has expired)",
        r"(?P<detail>System is (?:booting up|going down))",
        r"(?P<detail>You are required to change your password)",
        r"(?P<detail>Account (?:is )?locked)",
    ),
    rule(
        "auth_failed",
        r"(?<![\w.-])(?P<username>[\w.-]{1,60})@(?P<host>[\w.:-]{1,100}): "
        r"Permission denied \(",
        r"Permission denied \((?:publickey|password|keyboard-inter|gssapi|hostbased)",
        r"Authentication failed for user (?P<username>[\w.-]{1,60})@"
        r"(?P<host>[\w.-]{1,100})",
        r"Too many authentication failures",
        r"(?:AuthenticationException|BadAuthenticationType|AuthenticationFailed)\b",
        r"No authentication methods available",
        r"ssh: unable to authenticate|(?i:no supported (?:authentication )?methods)",
        unless=_GIT,
    ),
    rule("ssh_no_banner", r"Error reading SSH protocol banner"),
    rule(
        "ssh_channel_refused",
        r"(?P<detail>(?:channel \d{1,5}: )?open failed: .{1,120})",
        r"(?P<detail>(?:PTY allocation|subsystem|exec|shell) request failed.{0,60})",
        r"(?P<detail>Channel closed\.|ChannelException.{0,80})",
        r"(?P<detail>Secsh channel \d{1,5} open FAILED.{0,80})",
        unless=_GIT,
    ),
    rule(
        "name_not_resolved",
        r"ssh: Could not resolve hostname (?P<host>[^:\s]{1,100})",
        r"^(?:socket\.)?gaierror: ",
        r"Name or service not known|Temporary failure in name resolution",
        r"nodename nor servname provided|No address associated with hostname",
        steps="connect",
    ),
    rule(
        "name_not_resolved",
        r"ssh: Could not resolve hostname (?P<host>[^:\s]{1,100})",
        unless=_GIT,
    ),
    rule(
        "connect_refused",
        r"ssh: connect to host (?P<host>\S{1,100}) port (?P<port>\d{1,5}): "
        r"Connection refused",
        r"Unable to connect to port (?P<port>\d{1,5}) on (?P<host>\S{1,100})",
        unless=_GIT,
    ),
    rule("connect_refused", r"(?i)connection refused", steps="connect"),
    rule(
        "no_route",
        r"ssh: connect to host (?P<host>\S{1,100}) port \d{1,5}: "
        r"(?:No route to host|Network is unreachable|Host is down)",
        unless=_GIT,
    ),
    rule(
        "no_route",
        r"(?i)no route to host|network is unreachable|host is down",
        steps="connect",
    ),
    rule(
        "connect_timeout",
        r"ssh: connect to host (?P<host>\S{1,100}) port (?P<port>\d{1,5}): "
        r"(?:Connection|Operation) timed out",
        r"Connection to (?P<host>\S{1,100}) port (?P<port>\d{1,5}) timed out",
        r"Net::SSH::ConnectionTimeout",
        r"Connection timed out during banner exchange",
        unless=_GIT,
    ),
    rule(
        "connection_lost",
        r"(?:kex|ssh)_exchange_identification: ",
        r"^(?:Connection to (?P<host>\S{1,100}) )closed by remote host",
        r"^Connection (?:closed|reset) by .{0,100}port",
        r"^(?:Received disconnect|Disconnected) from .{0,100}port",
        r"client_loop: send disconnect|packet_write_wait|ssh_dispatch_run_fatal",
        r"^Timeout, server \S{1,100} not responding",
        r"Net::SSH::Disconnect|rsync error: timeout in data",
        r"Server connection dropped|SSH session not active|Socket exception: ",
        r"^(?:scp|sftp): (?:Connection closed|.{0,40}lost connection)|^lost connection",
        r"Shared connection to (?P<host>\S{1,100}) closed",
        r"paramiko\.ssh_exception\.SSHException: (?!.{0,60}known_hosts)",
        r"exit status:? -1$",
        unless=_GIT,
    ),
    rule(
        "connection_lost",
        r"rsync: (?:\[\w{1,20}\] )?connection unexpectedly closed",
        unless=r"failed: .{1,60}\(\d{1,3}\)$|command not found",
    ),
    rule("connect_timeout", r"(?i)timed? ?out", steps="connect"),
    rule(
        "connection_lost",
        r"Connection reset by peer|Broken pipe|EOFError|unexpected EOF",
        steps="connect",
    ),
)
