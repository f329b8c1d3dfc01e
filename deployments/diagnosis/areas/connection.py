"""The SSH connection to the server, and how ssh and paramiko say that it failed."""

from deployments.diagnosis.areas.ssh_login import OWN
from deployments.diagnosis.model import configuration, external, rule

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
    configuration(
        "ssh_channel_refused",
        "The server refuses part of the SSH session",
        "The server accepted the sign-in but refused a session on the connection[:"
        " {detail}].",
        "Set MaxSessions to 10 in the server's sshd_config, let this account run"
        " commands there (no ForceCommand, no restriction of its key), and restart the"
        " SSH service.",
        probe="connection",
    ),
)

RULES = (
    rule(
        "command_usage",
        r"(?i)^(?:command-line|\S{1,100}):? line \d{1,5}: (?P<detail>.{0,20}(?:"
        r"configuration option|missing argument|keyword|unsupported|bad number|"
        r"invalid|garbage at end).{0,60})",
        r"(?P<detail>terminating, \d{1,3} bad configuration options)",
        r"^(?:unknown option -- \w|usage: (?P<detail>ssh|scp|sftp) )",
        steps="connect transfer",
    ),
    rule("ssh_no_banner", r"Error reading SSH protocol banner", steps=OWN),
    rule(
        "ssh_channel_refused",
        r"(?P<detail>(?:channel \d{1,5}: )?open failed: .{1,120})",
        r"(?P<detail>(?:PTY allocation|subsystem|exec|shell) request failed.{0,60})",
        r"(?P<detail>Received message too long .{1,40}|is your shell clean\?)",
        r"(?P<detail>Channel closed\.|ChannelException.{0,80})",
        r"(?P<detail>Secsh channel \d{1,5} open FAILED.{0,80})",
        steps=OWN,
    ),
    rule(
        "name_not_resolved",
        r"ssh: Could not resolve hostname (?P<host>[^:\s]{1,100})",
        r"^(?:socket\.)?gaierror: ",
        r"Name or service not known|Temporary failure in name resolution",
        r"nodename nor servname provided|No address associated with hostname|"
        r"getaddrinfo ENOTFOUND",
        steps=OWN,
    ),
    rule(
        "connect_refused",
        r"ssh: connect to host (?P<host>\S{1,100}) port (?P<port>\d{1,5}): "
        r"Connection refused",
        r"Unable to connect to port (?P<port>\d{1,5}) on (?P<host>\S{1,100})",
        steps=OWN,
    ),
    rule("connect_refused", r"(?i)connection refused|ECONNREFUSED", steps=OWN),
    rule(
        "no_route",
        r"ssh: connect to host (?P<host>\S{1,100}) port \d{1,5}: "
        r"(?:No route to host|Network is unreachable|Host is down)",
        steps=OWN,
    ),
    rule(
        "no_route",
        r"(?i)no route to host|network is unreachable|host is down|EHOSTUNREACH",
        steps=OWN,
    ),
    rule(
        "connect_timeout",
        r"ssh: connect to host (?P<host>\S{1,100}) port (?P<port>\d{1,5}): "
        r"(?:Connection|Operation) timed out",
        r"Connection to (?P<host>\S{1,100}) port (?P<port>\d{1,5}) timed out",
        r"Net::SSH::ConnectionTimeout",
        r"Connection timed out during banner exchange",
        steps=OWN,
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
        r"Peer closed connection|Error: Client is closed|Server connection dropped",
        r"SSH session not active|Socket exception: ",
        r"^(?:scp|sftp): (?:Connection closed|.{0,40}lost connection)|^lost connection",
        r"Shared connection to (?P<host>\S{1,100}) closed",
        r"paramiko\.ssh_exception\.SSHException: (?!.{0,60}known_hosts)",
        r"exit status:? -1$",
        steps=OWN,
    ),
    rule("connect_timeout", r"(?i)\b(?:timed ?out|timeout)|ETIMEDOUT", steps=OWN),
    rule(
        "connection_lost",
        r"Connection reset by peer|Broken pipe|EOFError|unexpected EOF",
        steps=OWN,
    ),
)
