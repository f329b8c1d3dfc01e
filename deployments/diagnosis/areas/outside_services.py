"""Services that an application asks over the network: mail, storage, other APIs."""

from deployments.diagnosis.model import configuration, external, rule

FAILURES = (
    configuration(
        "service_credentials_rejected",
        "A service does not accept the application's credentials",
        "A service that the application uses does not accept its credentials[:"
        " {detail}].",
        "Correct the credentials in the environment's variables and deploy again.",
    ),
    configuration(
        "service_host_unknown",
        "A service's host name is not known",
        "The application asks for a service under the name[ {host}], which nothing in"
        " its network has.",
        "Correct the service's host in the environment's variables (or give the service"
        " this name) and deploy again.",
    ),
    external(
        "service_unavailable",
        "A service that the application needs is down",
        "A service that the application needs at its start does not answer[:"
        " {detail}].",
        "Start or repair that service, then retry.",
    ),
)

RULES = (
    rule(
        "service_credentials_rejected",
        r"(?P<detail>SMTPAuthenticationError.{0,100}|Unable to locate credentials|"
        r"NoCredentialsError.{0,60}|CredentialsProviderError.{0,60})",
        r"(?P<detail>InvalidAccessKeyId.{0,60}|SignatureDoesNotMatch.{0,60}|"
        r"InvalidClientTokenId.{0,60})",
        r"(?P<detail>(?i:in(?:valid|correct) api key).{0,60})",
        r"(?P<detail>40[13] Client Error: \w{1,20} for url: .{1,100})",
        r"(?P<detail>HTTP Error 40[13]: .{1,60})",
        steps="release activate check finish",
    ),
    rule(
        "service_host_unknown",
        r"getaddrinfo ENOTFOUND (?P<host>[\w-]{1,60})(?![\w.-])",
        r"code: 'ENOTFOUND',\n(?:[^\n]{0,80}\n){0,2}[^\n]{0,20}hostname: "
        r"'(?P<host>[\w-]{1,60})'",
        steps="release activate check",
    ),
    rule(
        "service_unavailable",
        r"(?P<detail>(?:ConnectionRefusedError: |connect ECONNREFUSED ).{1,80})",
        r"getaddrinfo (?P<detail>(?:ENOTFOUND|EAI_AGAIN) \S{1,100})",
        r"connect (?P<detail>E(?:TIMEDOUT|HOSTUNREACH|NETUNREACH)\b.{0,60})",
        r"^(?P<detail>(?:requests|urllib3|http\.client|aiohttp|openai|"
        r"stripe)[\w.]{0,40}\."
        r"(?:ReadTimeout|ConnectTimeout|Timeout|ConnectionError|ProxyError|SSLError|"
        r"ChunkedEncodingError|ProtocolError|RemoteDisconnected|BadStatusLine|"
        r"IncompleteRead|ServerDisconnected|ServerTimeout|APIConnection|Client\w{0,20}"
        r"Connector?)\w{0,20}.{0,80})",
        r"(?P<detail>requests\.exceptions\.JSONDecodeError.{0,60}|Read timed out\.)",
        r"(?P<detail>(?:HTTP Error|HTTPError:) (?:5\d\d|429)\b.{0,80}|"
        r"5\d\d Server Error: .{1,80})",
        r"(?P<detail>Max retries exceeded.{0,120}|APIConnectionError.{0,80}|"
        r"NewConnectionError.{0,120})",
        r"(?P<detail>(?:httpx|httpcore)\.\w{0,20}(?:ConnectError|Timeout).{0,80})",
        r"^(?P<detail>(?:socket\.|builtins\.)?timeout: timed out|"
        r"TimeoutError: .{1,80})",
        r"(?P<detail>TypeError: fetch failed|socket hang up|ECONNRESET|"
        r"UND_ERR_\w{1,30}TIMEOUT)",
        r"<urlopen error (?P<detail>.{1,80})>",
        r"(?P<detail>ServerSelection(?:Timeout)?Error.{0,80}|NoBrokersAvailable|"
        r"EndpointConnectionError.{0,80})",
        r"(?P<detail>(?:NoNodesAvailable|NoLivingConnections|"
        r"ConnectionError\(.{1,80}9200).{0,40})",
        steps="build release activate check finish",
        unless=r"^curl: \(|^wget: ",
    ),
    rule(
        "service_unavailable",
        r"(?P<detail>\b(?:answered|returned|status(?: code)?:?) 50[0234]\b.{0,40})",
        r"(?P<detail>50[234] (?:Service (?:Temporarily )?Unavailable|Bad Gateway|"
        r"Gateway Time))",
        steps="build release activate finish",
        unless=r"^curl: \(|^wget: ",
    ),
)
