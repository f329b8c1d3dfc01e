"""nginx, Apache, Caddy and HAProxy: their configuration, start and reload."""

from deployments.diagnosis.model import configuration, external, in_code, rule

FAILURES = (
    configuration(
        "web_server_config_invalid",
        "The web server's configuration is wrong",
        "The web server does not accept its configuration[: {detail}].",
        "Correct the configuration (often an empty setting) and deploy again.",
    ),
    in_code(
        "web_server_file_invalid",
        "The repository's web server configuration is wrong",
        "The web server does not accept the configuration file of the repository[:"
        " {detail}].",
        "Correct that file, push, and use Redeploy.",
    ),
    external(
        "web_server_down",
        "The web server does not run",
        "The web server does not run on the server, so it cannot be reloaded.",
        "Start it on the server, then retry.",
    ),
)

_EMERG = r"\[(?:emerg|alert)\] (?:\d{1,8}#\d{1,8}: )?(?!\d{1,8}#)"
#: A file below a directory of the operating system; others came with the commit.
_REPOSITORY_FILE = r"in (?!/(?:etc|usr|opt|var/lib|run)/)\S{1,160}:\d{1,5}$"

RULES = (
    rule(
        "web_server_down",
        r"open\(\) \"\S{1,120}\.pid\" failed \(2:|invalid PID number \"\" in",
        r"kill\(\d{1,8}, \d{1,2}\) failed \(3: No such process\)",
        r"(?:httpd|apache2?) \(?(?:pid \S{1,20}\)? )?not running|"
        r"nginx\.service is not active, cannot reload",
        r"(?:dial tcp|Post \S{1,80}) .{0,20}:2019.{0,20}: connect: connection refused",
    ),
    rule(
        "permission_denied",
        rf"{_EMERG}.{{0,80}}\"(?P<path>[^\"\n]{{1,160}})\".{{0,80}}"
        r"(?i:permission denied)",
        r"\(13\)Permission denied: .{0,80}(?P<path>/\S{1,120})",
    ),
    rule(
        "certificate_invalid",
        rf"{_EMERG}(?P<detail>cannot load certificate(?: key)? .{{1,160}})",
        rf"{_EMERG}(?P<detail>SSL_CTX_use_\w{{1,30}}.{{1,120}})",
        rf"{_EMERG}(?P<detail>(?:PEM_read|BIO_new|SSL_CTX_load)\w{{0,30}}.{{1,120}})",
        r"(?P<detail>SSLCertificate(?:Key|Chain)?File: file .{1,100}does not exist)",
        r"(?P<detail>(?:unable to load|unable to stat) (?:SSL )?certificate .{1,100})",
    ),
    rule(
        "network_failed",
        rf"{_EMERG}(?P<detail>host not found in (?:upstream|resolver) "
        r"\"[\w-]{1,60}\.[^\"\n]{1,80})",
        r"(?P<detail>could not resolve address '[\w-]{1,60}\.[^'\n]{1,80})",
    ),
    rule(
        "web_server_file_invalid",
        rf"{_EMERG}(?P<detail>(?!host not found).{{1,160}}) {_REPOSITORY_FILE}",
        r"(?P<detail>Syntax error on line \d{1,5} of (?!/(?:etc|usr|opt)/).{1,80})",
    ),
    rule(
        "web_server_file_invalid",
        rf"{_EMERG}(?P<detail>(?:unknown|zero size|\"\w{{1,40}}\" directive|no |cycle)"
        r".{1,120})",
        beside=r"configuration file (?!/(?:etc|usr|opt)/)\S{1,160} test failed",
    ),
    rule(
        "web_server_config_invalid",
        rf"{_EMERG}(?!bind\(\)|still could not)(?P<detail>.{{1,160}})",
        r"(?P<detail>Syntax error on line \d{1,5} of .{1,80})",
        r"(?P<detail>adapting config using caddyfile: .{1,120})",
        r"^\[ALERT\] .{0,40}: (?P<detail>.{0,20}(?:parsing|Proxy|config).{1,120})",
        r"^nginx: (?P<detail>(?:invalid option|option \"-\w\" requires).{0,60})",
    ),
)
