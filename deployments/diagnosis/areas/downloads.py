"""What curl and wget say when a command fetches something, and proxies on the way."""

from deployments.diagnosis.model import configuration, external, rule

FAILURES = (
    configuration(
        "download_refused",
        "The address of a download is wrong",
        "A command asks for an address that gives nothing[: {detail}].",
        "Correct the address (or what is sent with it) in the environment's commands"
        " or variables.",
    ),
    external(
        "download_not_written",
        "A download cannot be written",
        "What a command downloaded could not be written on the server: no space left,"
        " or no right to write there.",
        "Free disk space or correct the directory's owner on the server, then retry.",
        probe="disk",
    ),
    configuration(
        "proxy_invalid",
        "The configured proxy cannot be used",
        "The proxy[ {host}] that the variables name cannot be used.",
        "Correct the proxy variables in the environment.",
        probe="name_resolution",
    ),
)

PROXIES = (
    rule(
        "proxy_invalid",
        r"Could not resolve proxy: (?P<host>\S{1,100})",
        r"Received HTTP code 407 from proxy|407 Proxy Auth|Proxy response \(407\)",
        r"(?i:error parsing proxy url) (?P<host>\S{1,100})|Unsupported proxy syntax in",
        r"request to https?://([^/\s:]{1,100})\S{0,200} failed, reason: getaddrinfo "
        r"E\w{1,20} (?!\1)(?P<host>[\w.-]{1,100})",
        r"tunneling socket could not be established, .{0,20}(?:407|ENOTFOUND)",
        r"Cannot connect to proxy\..{0,160}(?:Name or service|nodename|resolve|407)",
        r"Unable to determine .{0,20}proxy|Invalid proxy (?:URL|scheme)|"
        r"Unable to determine SOCKS version from (?P<host>\S{1,100})",
        r"Proxy URL had no scheme|Please check proxy URL",
    ),
)

_ELSEWHERE = "resolve prepare transfer build release finish"
RULES = (
    rule(
        "command_usage",
        r"^curl: (?P<detail>option .{1,60}: (?:is|requires|expected).{1,40})",
        r"^curl: (?P<detail>\(2\) .{1,60})|^curl: try 'curl --help'",
        r"^curl: (?P<detail>no URL specified)",
        r"^wget: (?P<detail>missing URL|unrecognized option .{1,40})",
        r"^Try `(?P<detail>wget --help)'",
    ),
    rule(
        "path_missing",
        r"curl: \((?:26|37)\) .{0,60}?(?P<path>/\S{1,120})?$",
        r"curl: .{0,20}(?:cannot|Failed to|error trying to) (?:open|read) "
        r"(?:config from )?'?(?P<path>[^'\s]{1,120})",
    ),
    rule(
        "download_not_written", r"curl: \(23\) |^(?P<path>\S{1,120}): Cannot write to"
    ),
    rule(
        "download_refused",
        r"curl: \(22\) .{0,60}(?P<detail>error: 4(?!08|25|29)\d\d)",
        r"(?P<detail>ERROR 4(?!08|25|29)\d\d: .{1,40})",
        r"curl: \((?:1|3|9|47|67|78)\) (?P<detail>.{1,100})",
        r"^wget: (?P<detail>server returned error: HTTP/\S{1,4} 4(?!08|25|29)\d\d"
        r".{0,40})",
        r"^\S{1,200}: (?P<detail>(?:Unsupported scheme|Invalid host name|Bad port "
        r"number|Invalid URL).{0,40})",
        steps=_ELSEWHERE,
    ),
    rule(
        "service_unavailable",
        r"curl: \(22\) .{0,60}(?P<detail>error: (?:5\d\d|408|425|429))",
        r"(?P<detail>ERROR (?:5\d\d|408|425|429): .{1,40})",
        r"curl: \((?:7|16|18|28|35|52|55|56|92|95)\) (?P<detail>.{1,120})",
        r"wget: (?P<detail>(?:unable to resolve|can't connect|bad address|"
        r"server returned error).{1,80})",
        steps=_ELSEWHERE,
    ),
    rule(
        "service_unavailable",
        r"(?i)(?P<detail>[\"']?(?:database|db|redis|cache|broker|queue|postgres\w{0,4}|"
        r"mysql|storage)\b[\"' :={]{1,8}.{0,60}(?:refused|unreachable|timed? ?out|"
        r"unavailable|could not connect|cannot connect|can't connect).{0,40})",
        steps="check activate",
        beside=r"curl: \(22\) .{0,60}error: 5\d\d",
    ),
)
