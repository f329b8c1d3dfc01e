"""What runs on the server after the switch: ports, services, proxies, health."""

from deployments.diagnosis.model import configuration, external, rule, unknown

FAILURES = (
    external(
        "port_in_use",
        "The port is taken",
        "Another process on the server already listens on the port[ {port}].",
        "End or move the other process, then retry.",
        probe="port",
    ),
    unknown(
        "service_failed",
        "The service did not start",
        "The service[ {detail}] ended right after its start; why is not said here.",
        "Read the service's own log on the server (journalctl).",
    ),
    unknown(
        "unit_failed",
        "The unit does not run after its restart",
        "The unit[ {detail}] was restarted but does not stay up; why is not said here.",
        "Read its journal on the server. If the log above shows no line of it, let the"
        " deploying user read it (group systemd-journal).",
    ),
    configuration(
        "unit_not_found",
        "The unit cannot be loaded",
        "The server's systemd cannot load the unit[ {detail}].",
        "Install or correct its file on the server and run systemctl daemon-reload, or"
        " correct the name or scope of the unit in the environment's settings.",
    ),
    external(
        "sudo_refused",
        "The deploying user may not restart the unit",
        "On the server sudo does not let the deploying user[ {username}] restart the"
        " unit[ {detail}] without a password.",
        "Allow exactly this command in the server's sudoers file, then retry.",
    ),
    external(
        "user_manager_missing",
        "The account has no lasting systemd of its own",
        "The deploying user[ {username}] has no systemd of its own on the server that"
        " outlives the connection, so the unit[ {detail}] cannot run there.",
        "As root on the server, run loginctl enable-linger with this user's name, then"
        " retry.",
    ),
    configuration(
        "systemd_missing",
        "The server does not run systemd",
        "The unit[ {detail}] cannot be restarted, because the server does not run"
        " systemd.",
        "Leave the unit empty in the environment's settings and give a restart command"
        " instead.",
    ),
    external(
        "unit_invalid",
        "The unit's file on the server is wrong",
        "The unit names a program, user or directory that cannot be used on the server,"
        " or its file cannot be read[: {detail}].",
        "Correct the unit's file on the server (systemctl daemon-reload), then retry.",
    ),
    configuration(
        "health_check_config_invalid",
        "The health check asks the wrong address",
        "The health check's address cannot work[: {detail}].",
        "Correct the health check's URL in the environment's settings.",
    ),
    external(
        "certificate_invalid",
        "A certificate is not accepted",
        "A TLS certificate is not accepted[: {detail}].",
        "Renew or repair the certificate (or the list of trusted authorities), then"
        " retry.",
    ),
    external(
        "certificate_limit",
        "The certificate authority limits requests",
        "The certificate authority issues no further certificates for this name for"
        " now.",
        "Wait until the limit is reset, then retry.",
    ),
    external(
        "certificate_challenge_failed",
        "The certificate authority cannot verify the name",
        "The certificate authority could not verify that the name leads to this server"
        "[: {detail}].",
        "Check the name's address and that the server answers on port 80, then retry.",
        probe="name_resolution",
    ),
    configuration(
        "platform_unsupported",
        "The server's operating system is not supported",
        "An installer does not support the server's operating system[: {detail}].",
        "Give the environment a server with a supported system.",
    ),
    external(
        "deploy_locked",
        "Another deployment holds the lock",
        "Another deployment holds the lock on the server[: {detail}].",
        "Wait until it has ended (or remove a lock left behind), then retry.",
    ),
)

RULES = (
    rule(
        "certificate_challenge_failed",
        r"(?P<detail>acme:error:(?:unauthorized|dns|connection|caa|tls).{0,100})",
        r"(?P<detail>Some challenges have failed)",
    ),
    rule(
        "deploy_locked",
        r"(?P<detail>(?i:deploy(?:ment)? lock).{0,40}(?:held|found|exists|"
        r"locked).{0,80})",
        r"(?P<detail>(?i:another (?:deploy|process)\w{0,6}).{0,40}(?:lock|"
        r"in progress).{0,40})",
        r"(?P<detail>flock: .{0,60}(?:failed|timeout).{0,40})",
    ),
    rule(
        "port_in_use",
        r"(?i)address already in use(?:.{0,40}:(?P<port>\d{2,5}))?",
        r"Connection in use: \('.{0,60}', (?P<port>\d{1,5})\)",
        r"for 0\.0\.0\.0:(?P<port>\d{1,5}) failed: port is already allocated",
        r"port is already allocated|\bEADDRINUSE\b|(?i:port (?P<port>\d{1,5}) "
        r"(?:is|was) (?:already )?in use)",
        r"Only one usage of each socket address|already listening on",
    ),
    rule(
        "certificate_limit",
        r"urn:\S{0,40}acme:error:rateLimited|too many certificates|"
        r"too many failed authoriz",
    ),
    rule("platform_unsupported", r"(?P<detail>[Uu]nsupported operating system.{0,60})"),
)

HEALTH = (
    rule(
        "health_check_config_invalid",
        r"curl: \((?:22)\) .{0,60}(?P<detail>error: 4(?!08|25|29)\d\d)",
        r"curl: \((?:1|3)\) (?P<detail>.{1,100})",
        r"curl: \(47\) (?P<detail>.{1,100})",
        r"curl: \((?:60|51)\) (?P<detail>.{0,40}(?:subject name|host name).{0,80})",
        r"curl: \(35\) .{0,80}(?P<detail>wrong version number|unknown protocol|"
        r"record layer.{0,20})",
        steps="check activate",
    ),
    rule(
        "certificate_invalid",
        r"curl: \((?:60|51|77|58|91)\) (?P<detail>.{1,100})",
        r"(?P<detail>certificate has expired|CERT_HAS_EXPIRED|"
        r"self[- ]signed certificate)",
        r"(?P<detail>certificate verify failed.{0,80}|unable to get local issuer"
        r" certificate)",
        r"(?P<detail>x509: .{1,120})",
    ),
    rule(
        "service_unavailable",
        r"curl: \(28\) (?P<detail>(?:Failed to connect|Connection timed out|"
        r"Connection timeout|Resolving timed out).{0,80})",
        r"curl: \(6\) (?P<detail>.{1,80})",
        r"curl: \(22\) .{0,60}(?P<detail>error: 429)",
    ),
    rule(
        "health_check_failed",
        r"curl: \(\d{1,2}\) (?P<detail>.{1,120})",
        r"(?i)(?P<detail>(?:target )?failed to become healthy)",
        r"wget: (?P<detail>.{1,100})",
        r"^Connecting to .{1,80}failed: (?P<detail>.{1,60})",
        r"(?P<detail>[Cc]ontainer .{0,80}is unhealthy)",
        r"(?i)(?P<detail>health ?check.{0,40}(?:failed|timed out))",
        r"(?P<detail>dependency failed to start: .{1,80})",
        steps="check activate",
    ),
    rule(
        "unit_failed",
        r"^The unit (?P<detail>[\w@.:-]{1,250}) is [\w-]{1,30} after its restart\.",
    ),
    rule(
        "unit_invalid",
        r"status=(?P<detail>2(?:00/CHDIR|03/EXEC|16/GROUP|17/USER|26/NAMESPACE))",
        r"(?P<detail>failed to load(?: properly)?: Invalid argument|"
        r"has a bad unit file setting|Executable path is not absolute.{0,60})",
    ),
)

#: Asked last: what a failed service printed has mostly said why before.
ENDS = (
    rule(
        "service_failed",
        r"(?:Job|A dependency job) for (?P<detail>[\w@.:-]{1,80}) failed",
        r"Active: failed \(Result: .{1,20}\)|Main process exited, code=exited",
        r"(?<!\S)(?P<detail>[\w@.:-]{1,80}): ERROR \((?:spawn error|"
        r"abnormal termination)",
        r"start request repeated too quickly|Start request repeated too quickly",
    ),
)
