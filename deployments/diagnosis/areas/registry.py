"""What the container registry answers, as the Docker engine and BuildKit repeat it."""

from deployments.diagnosis.model import configuration, external, in_code, rule

FAILURES = (
    external(
        "registry_rate_limited",
        "The registry limits downloads",
        "The container registry refuses further downloads for now (rate limit).",
        "Wait until the limit is reset, or store credentials with a higher limit; then"
        " retry.",
        probe="registry",
    ),
    external(
        "registry_auth_failed",
        "The registry does not accept the credentials",
        "The container registry denies access[ to {detail}]: the login is missing,"
        " wrong or has no right to this image.",
        "Store credentials that may use this image (and check its name), then retry.",
        probe="registry",
    ),
    external(
        "registry_unreachable",
        "The registry cannot be reached",
        "The container registry[ {host}] cannot be reached or is out of order.",
        "Check the registry's status and the server's network, then retry.",
        probe="registry",
    ),
    external(
        "registry_transfer_broken",
        "An image arrived damaged",
        "A part of the image is missing in the registry or arrived damaged.",
        "Retry; if it happens again, push the image anew.",
        probe="registry",
    ),
    external(
        "registry_certificate",
        "The registry's certificate is not accepted",
        "The server does not accept the registry's certificate[: {detail}].",
        "Repair the certificate or the server's list of trusted authorities, then"
        " retry.",
        probe="registry",
    ),
    external(
        "registry_not_tls",
        "The registry does not speak HTTPS",
        "The registry answers without encryption where HTTPS is expected.",
        "Give the registry a certificate (or allow it as insecure in the server's"
        " Docker), then retry; correct a wrong address or port in the environment.",
        probe="registry",
    ),
    configuration(
        "image_not_found",
        "The image does not exist",
        "The registry or the server has no image[ {detail}] of this name and tag.",
        "Correct the image's name or tag in the settings, or push the image.",
        probe="registry",
    ),
    in_code(
        "base_image_not_found",
        "A base image does not exist",
        "The Dockerfile builds on an image[ {detail}] that the registry does not have.",
        "Correct the FROM line, push, and use Redeploy.",
    ),
    in_code(
        "image_platform_missing",
        "The image does not fit the server's processor",
        "The image or program was not built for the processor of this server[:"
        " {detail}].",
        "Build it for this processor (or name a fitting image), push, and use"
        " Redeploy.",
    ),
)

_NOT_FOUND = (
    r"manifest for (?P<detail>\S{1,160}) not found",
    r"failed to (?:solve|resolve).{0,20}: (?P<detail>[\w./:@-]{1,160}): .{0,300}: not"
    r" found$",
    r"(?<![\w./:@-])(?P<detail>[\w./-]{1,120}:[\w.-]{1,60}): not found$",
    r"(?:repository|artifact) (?P<detail>[\w./:@-]{1,160}) not found",
    r"manifest unknown|name unknown|MANIFEST_UNKNOWN|NAME_UNKNOWN",
)
_DENIED = r"pull access denied for (?P<detail>[\w./:-]{1,160})"
_REGISTRY = (
    r"registry|/v2/|daemon|[Pp]ull|docker|buildkit|load metadata|manifest|[Pp]ush|"
    r"/token\?|denied: requested"
)

RULES = (
    rule(
        "registry_rate_limited",
        r"(?i)toomanyrequests|pull rate limit|rate limit exceeded.{0,60}(?:pull|"
        r"docker)",
        r"429 Too Many Requests",
        beside=_REGISTRY,
    ),
    rule("image_platform_missing", r"(?P<detail>no matching manifest for \S{1,60})"),
    rule(
        "image_platform_missing",
        r"(?P<detail>requested image's platform .{0,60}does not match)",
        r"(?P<detail>(?i:exec format error))",
    ),
    rule("registry_auth_failed", _DENIED),
    rule("base_image_not_found", *_NOT_FOUND, steps="build", beside=_REGISTRY),
    rule(
        "image_not_found",
        *_NOT_FOUND,
        r"No such image: (?P<detail>[\w./:@-]{1,160}?)\.?$",
        r"Unable to find image '(?P<detail>[^'\n]{1,160})' locally\n.{0,200}not found",
        beside=_REGISTRY,
    ),
    rule(
        "registry_auth_failed",
        r"no basic auth credentials|incorrect username or password",
        r"error parsing HTTP 40[13] response body",
        r"^Error response from daemon: (?:unauthorized|denied)$",
        r"insufficient_scope|authorization failed",
        r"/v2/.{0,200}[\": ](?:unauthorized|denied|forbidden)\b",
        r"(?i)unauthorized: |denied: (?:denied|requested access|permission|"
        r"installation)",
        r"unexpected status.{0,80} 40[13]\b|status: 40[13] ",
        r"^denied$|^unauthorized$|[Ee]rror (?:saving|getting|storing) credentials",
        r"(?:docker )?login .{0,40}(?:denied|failed|attempt to .{1,160} failed)",
        r"(?:failed to (?:authorize|fetch (?:oauth|anonymous) token)).{0,200} 40[13]",
        beside=_REGISTRY,
    ),
    rule(
        "registry_certificate",
        r"(?P<detail>x509: .{1,160})",
        r"(?P<detail>tls: failed to verify certificate.{0,120})",
    ),
    rule(
        "registry_not_tls",
        r"server gave HTTP response to HTTPS client|first record does not look like a"
        r" TLS",
    ),
    rule(
        "registry_transfer_broken",
        r"unknown blob|(?:layer )?verification failed for digest|BLOB_UNKNOWN",
        r"failed size validation|error pulling image configuration",
        r"digest mismatch|unexpected commit digest|blob .{0,100}not found",
        r"filesystem layer verification failed|missing content digest|corrupt"
        r"(?:ed)? layer",
        beside=_REGISTRY,
    ),
    rule(
        "registry_unreachable",
        r"(?:Get|Head|Post|Put|Patch) "
        r"\\?\"?https?://(?P<host>[^/\"\s]{1,100})[^\n]{0,300}"
        r"(?:dial tcp|lookup|timeout|EOF|reset|canceled|exceeded|refused|no route|"
        r"timed out|broken pipe|closed network)",
        r"received unexpected HTTP status: (?:5\d\d|429)",
        r"unexpected status.{0,200}: ?5\d\d|unexpected status .{0,40}5\d\d",
        r"net/http: (?:TLS handshake timeout|request canceled)|"
        r"Client\.Timeout exceeded",
        r"dial tcp.{0,120}(?:refused|i/o timeout|no such host|no route|unreachable)",
        r"failed to (?:do request|fetch|copy|resolve).{0,400}(?:timeout|EOF|reset|"
        r"refused|timed out|broken pipe|closed network|stream error)",
        r"lookup (?P<host>[\w.-]{1,100})(?: on [\d.:]{1,60})?: .{0,40}(?:no such host|"
        r"timeout)",
        beside=_REGISTRY,
        unless=r"Cannot connect to the Docker daemon",
    ),
)
