"""Weak signs, asked last: words of the network and bare exit codes."""

from deployments.diagnosis.model import external, rule

FAILURES = (
    external(
        "network_failed",
        "Another host cannot be reached",
        "Another host could not be reached[: {detail}].",
        "Check the network, DNS and the other host's status, then retry.",
        probe="name_resolution",
    ),
)

RULES = (
    rule(
        "network_failed",
        r"(?P<detail>(?i:could not|couldn't|unable to|failed to|cannot|can't) "
        r"(?:re)?(?:connect|reach) (?:to )?.{1,100})",
        r"(?P<detail>\b(?:HTTP )?(?:429 Too Many Requests|50[234] [A-Z][a-z]{2,10}))",
        steps="resolve prepare transfer build release activate finish",
    ),
    rule(
        "network_failed",
        r"(?P<detail>Could not resolve host(?:name)?:? \S{1,100})",
        r"(?P<detail>(?i:name or service not known|temporary failure in name"
        r" resolution))",
        r"(?P<detail>(?i:connection (?:refused|timed out|reset by peer|timeout)))",
        r"(?P<detail>(?i:no route to host|network is unreachable|host is unreachable))",
        r"(?P<detail>\b(?:ECONNREFUSED|ECONNRESET|ETIMEDOUT|ENOTFOUND|EAI_AGAIN)\b)",
        r"(?P<detail>(?i:tls handshake timeout|i/o timeout|no such host))",
        r"(?P<detail>(?i:certificate (?:verify failed|has expired)))",
    ),
    rule(
        "container_options_invalid",
        r"^docker: (?:Error response from daemon: )?(?P<detail>.{1,120})",
        exit_codes=(125,),
    ),
    rule("out_of_memory", r"\A", exit_codes=(137,)),
    rule("command_not_found", r"\A", exit_codes=(127,)),
)
