"""SSH that a command speaks itself, to others than the server OEC signs in to."""

from deployments.diagnosis.model import configuration, rule

FAILURES = (
    configuration(
        "foreign_host_key",
        "A command contacts a host whose key is not accepted",
        "A command contacted another host[, {host},] over SSH, whose host key the"
        " deploying user has not accepted, or which has changed.",
        "On the server, as the deploying user, compare that host's key and add it to"
        " ~/.ssh/known_hosts (ssh-keyscan prints it).",
    ),
    configuration(
        "foreign_ssh_refused",
        "A command may not sign in to another host",
        "A command contacted another host[, {host},] over SSH, which does not let the"
        " deploying user of the server in.",
        "On the server, give the deploying user a key that this host accepts (the"
        " console's own key is not there).",
    ),
    configuration(
        "foreign_ssh_unusable",
        "A command's SSH cannot work",
        "A command's own SSH connection to another host cannot work[: {detail}].",
        "Correct the SSH key, the files in ~/.ssh or the algorithms on the server or on"
        " that host.",
    ),
)

_STEPS = "prepare transfer build release activate check finish"

RULES = (
    rule(
        "foreign_host_key",
        r"host key is known for (?P<host>\S{1,100}) and you have requested strict",
        r"Host key for server '?(?P<host>[^' ]{1,100})'? does not match",
        r"Server '?(?P<host>[^' ]{1,100})'? not found in known_hosts",
        r"The authenticity of host '(?P<host>[^ ']{1,100})",
        r"[Hh]ost key for (?P<host>\S{1,100}) has changed and you have requested",
        r"REMOTE HOST IDENTIFICATION HAS CHANGED|Host key verification failed",
        r"BadHostKeyException|HostKeyMismatch|HostKeyUnknown|knownhosts: key",
        steps=_STEPS,
    ),
    rule(
        "foreign_ssh_unusable",
        r"^Load key .{0,200}: (?P<detail>.{1,80})$",
        r"(?P<detail>UNPROTECTED PRIVATE KEY FILE)",
        r"(?P<detail>Unable to negotiate with .{0,80}: no matching .{0,160})",
        r"(?P<detail>Bad (?:owner or )?permissions on .{0,80})",
        r"(?P<detail>(?i:not a valid (?:\w{1,20} )?private key)|"
        r"ssh: no key found|private key is passphrase protected|"
        r"PasswordRequiredException|"
        r"Could not open a connection to your authentication agent)",
        r"(?P<detail>(?i:no (?:acceptable|common) \w{1,30} algorithm))",
        r"(?P<detail>Identity file .{0,200} not accessible)",
        r"Error loading key \"[^\"\n]{1,120}\": (?P<detail>.{1,60})",
        steps=_STEPS,
    ),
    rule(
        "foreign_ssh_refused",
        r"(?<![\w.-])[\w.-]{1,60}@(?P<host>[\w.:-]{1,100}): Permission denied \(",
        r"Permission denied \((?:publickey|password|keyboard-inter|gssapi|hostbased)",
        r"Too many authentication failures",
        r"(?:BadAuthenticationType|SSH::AuthenticationFailed)\b",
        r"No authentication methods available|ssh: unable to authenticate",
        steps=_STEPS,
    ),
    rule(
        "network_failed",
        r"(?P<detail>ssh: connect to host .{1,120})",
        r"(?P<detail>ssh: Could not resolve hostname (?!\w{1,8}:).{1,100})",
        r"(?P<detail>(?:kex|ssh)_exchange_identification: .{0,80})",
        r"^(?P<detail>Connection to \S{1,100} closed by remote host)",
        r"^(?P<detail>Connection (?:closed|reset) by .{0,100}port.{0,20})",
        r"^(?P<detail>(?:Received disconnect|Disconnected) from .{0,100}port.{0,20})",
        r"(?P<detail>client_loop: send disconnect.{0,60}|packet_write_wait.{0,60})",
        r"^(?P<detail>Timeout, server \S{1,100} not responding)",
        r"(?P<detail>rsync error: timeout in data.{0,40})",
        r"(?P<detail>Error reading SSH protocol banner)",
        r"^(?P<detail>(?:scp|sftp): (?:Connection closed|.{0,40}lost connection)|"
        r"lost connection)",
        steps=_STEPS,
    ),
    rule(
        "network_failed",
        r"(?P<detail>rsync: (?:\[\w{1,20}\] )?connection unexpectedly closed)",
        steps=_STEPS,
        unless=r"failed: .{1,60}\(\d{1,3}\)$|command not found",
    ),
)
