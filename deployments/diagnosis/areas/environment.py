"""What a release is given: shared files, and variables that a program can read."""

from deployments.diagnosis.model import configuration, external, in_code, rule

FAILURES = (
    external(
        "shared_file_missing",
        "A shared file is not on the server yet",
        "The shared file[ {path}] does not exist on the server, and the repository has"
        " none to begin with.",
        "Put the file there, then retry.",
    ),
    external(
        "shared_path_unusable",
        "A shared path on the server cannot be used",
        "What lies on the server at the shared path[ {path}] cannot be used[: {detail}]"
        ".",
        "Replace it on the server, then retry; or, if a slash at the end is missing or"
        " too much, correct the shared paths in the environment's settings.",
    ),
    in_code(
        "shared_path_blocked",
        "The repository is in the way of a shared path",
        "The repository has a file or symbolic link on the way to a shared path[:"
        " {path}], which would lead somewhere else.",
        "Make it a real directory in the repository, push, and use Redeploy; or share"
        " another path.",
    ),
    configuration(
        "variable_missing",
        "A variable is not set",
        "The application needs a variable[ {detail}] that the environment does not"
        " set.",
        "Add the variable to the environment and deploy again.",
    ),
    configuration(
        "variable_malformed",
        "A variable has a value that cannot be read",
        "The value of a variable cannot be used[: {detail}].",
        "Correct the value in the environment and deploy again.",
    ),
    configuration(
        "key_mismatch",
        "A configured key does not decrypt the application's secrets",
        "The configured key does not decrypt what the application stored with another"
        " one.",
        "Set the right key in the environment and deploy again.",
    ),
    configuration(
        "settings_module_missing",
        "The configured settings module does not exist",
        "The environment names a settings module[ {detail}] that the code does not"
        " have.",
        "Correct DJANGO_SETTINGS_MODULE (or the command's --settings).",
    ),
    configuration(
        "host_not_allowed",
        "The host name is not allowed",
        "The application refuses the host name it is asked under[: {host}].",
        "Add the name to the application's allowed hosts in the environment.",
    ),
)

_NAME = r"[A-Z][A-Z0-9_]{2,60}"
_OS_ENVIRON = r"os\.environ|<frozen os>|/os\.py\"|environ\[|environs|decouple"

RULES = (
    rule(
        "variable_missing",
        rf"^KeyError: '(?P<detail>{_NAME})'",
        beside=_OS_ENVIRON,
    ),
    rule(
        "variable_missing",
        r"(?:[Ss]et|[Mm]issing|[Uu]ndefined|[Rr]equired?) (?:the |required )?"
        rf"(?P<detail>{_NAME}) (?:environment|env) var",
        rf"(?i:(?:environment|env) variables?):? ['\"`]?(?P<detail>{_NAME})['\"`]?"
        r" (?i:(?:is |was |must be |are )?(?:not |un|missing|required|empty|set|"
        r"defined))",
        rf"(?i:missing (?:required )?(?:environment|env) variables?)[: ]{{0,3}}"
        rf"['\"`]?(?P<detail>{_NAME})?",
        rf"(?<!\w)(?P<detail>{_NAME})['\"`]? (?:environment variable |env var )?"
        r"(?:is|was|must be) (?:not |un|missing|required|empty|set\b)",
        rf"(?<!\w)(?P<detail>{_NAME}): "
        r"(?:unbound variable|parameter (?:null or )?not set|.{0,40}(?:\bset\b|"
        r"required|missing))",
        rf"(?<!\w)(?P<detail>{_NAME}) not found\. Declare it as envvar",
        rf"[Ss]etting,? ['\"`]?(?P<detail>{_NAME})\b.{{0,40}} (?:is required|must be"
        r" set)",
        rf"(?<!\w)(?P<detail>{_NAME})['\"`]? .{{0,30}}settings? (?:parameters? )?must"
        r" be"
        r" set",
        rf"Environment variable (?:not found: |\")(?P<detail>{_NAME})",
        rf"required variable (?P<detail>{_NAME}) is missing a value",
        rf"key not found: \"(?P<detail>{_NAME})\"",
        r"Missing `?(?P<detail>secret_key_base)|The SECRET_KEY setting must not be"
        r" empty",
        r"(?i:invalid environment variables?)(?!.{0,80}\bexample)",
        r"Missing encryption key to decrypt file with|missing the (?P<path>\S{1,60}"
        r"master\.key)",
        r"No application encryption key has been specified",
        r"Requested setting \w{1,60}, but settings are not configured",
        r"settings\.DATABASES is improperly configured",
        r"^(?P<detail>\w{2,60})\n {2}[Ff]ield required",
        r"Could not resolve placeholder '(?P<detail>[^'\n]{1,60})' in value",
        r"Env(?:ironment)? ?[Vv]ar(?:iable)? ?[Nn]ot ?(?:[Ss]et|[Pp]resent|[Ff]ound)",
    ),
    rule(
        "variable_missing",
        r"The \\?\"?(?P<detail>\w{1,60})\\?\"? variable is not set",
        beside=r"(?i)invalid|error",
        unless=r"(?i)pulling|denied|toomanyrequests|failed to|Cannot (?:start|connect)",
    ),
    rule(
        "key_mismatch",
        r"Encryption\\DecryptException|MessageEncryptor::InvalidMessage|"
        r"cryptography\.fernet\.InvalidToken",
        r"Could(?: not|n't) decrypt .{0,80}(?:key|credentials)",
    ),
    rule(
        "settings_module_missing",
        r"No module named '(?P<detail>[\w.]{0,80}settings[\w.]{0,60})'",
        r"Could not import settings '(?P<detail>[\w.]{1,80})'",
        beside=r"django/conf/__init__|Could not import settings",
    ),
    rule(
        "settings_module_missing",
        r"^ModuleNotFoundError: No module named '(?P<detail>[\w.]{1,80})'",
        beside=r"import_module\(self\.SETTINGS_MODULE\)",
        unless=r"in exec_module\n",
    ),
    rule(
        "host_not_allowed",
        r"Invalid HTTP_HOST header: '(?P<host>[\w.:-]{1,80})'",
        r"DisallowedHost\b",
        r"You must set settings\.ALLOWED_HOSTS if DEBUG is False",
        r"Blocked hosts?: (?P<host>[\w.:-]{1,80})",
    ),
    rule(
        "variable_malformed",
        r"(?P<detail>TypeError(?: \[ERR_INVALID_URL\])?: Invalid URL.{0,80})",
        r"(?P<detail>(?:MissingSchema|InvalidSchema|InvalidURL|LocationParseError|"
        r"LocationValueError|UnsupportedProtocol|InvalidProxyURL): .{0,100})",
        r"(?P<detail>invalid (?:URI query parameter|bind address format): .{1,40})",
        r"(?P<detail>(?:unknown url type|No connection adapters were found for).{0,80}|"
        r"Invalid URL '[^'\n]{0,80}')",
        r"(?P<detail>Can't load plugin: sqlalchemy\.dialects:\w{1,40})",
        r"(?P<detail>Port could not be cast to integer value.{0,60})",
        r"(?P<detail>Port out of range 0-65535|[Ii]nvalid port (?:number|in).{0,60})",
        r"(?P<detail>No support for '.{0,40}'\. We support:)",
        r"(?P<detail>UnknownSchemeError: .{0,80}|Cannot interpret '.{0,60}' as a"
        r" database)",
        r"(?P<detail>Could not parse (?:SQLAlchemy|rfc1738) URL.{0,60})",
        r"(?P<detail>Redis URL must specify one of the following schemes)",
        r"(?P<detail>[Ii]nvalid (?:connection (?:string|option)|dsn).{0,80})",
        r"(?P<detail>No such transport: .{0,60}|MongoParseError: .{1,100}|"
        r"InvalidURI: .{1,100}|BadDsn: .{1,60}|URISyntaxException: .{1,100})",
        r"(?P<detail>Incorrect timezone setting: .{0,40})",
        r"(?P<detail>must be set to .{1,60}got .{1,40})",
        r"(?P<detail>ERR_SOCKET_BAD_PORT|options\.port should be.{0,60})",
        r"(?P<detail>(?:Error: )?Invalid value for ['\"`]?--?(?:port|bind|host|"
        r"workers).{0,80})",
        r"(?P<detail>invalid (?:sslmode|integer|port) value.{0,60})",
        r"(?P<detail>missing \"=\" after .{1,80} in connection info string)",
    ),
    rule(
        "variable_malformed",
        r"SyntaxError: (?P<detail>.{1,100})\n {1,8}at JSON\.parse \(<anonymous>\)",
        steps="release activate check",
        unless=r"\.json\b|at Response\.json|at async .{0,40}fetch",
    ),
    rule(
        "variable_malformed",
        r"\[SSL: (?P<detail>WRONG_VERSION_NUMBER)\]",
        steps="release activate",
    ),
    rule(
        "variable_malformed",
        r"^(?P<detail>ValueError: (?:invalid literal for int|could not convert string|"
        r"Invalid truth value|Not a boolean).{0,80})",
        r"^(?P<detail>json\.decoder\.JSONDecodeError: .{0,80})",
        beside=r"os\.environ|getenv|config\(|/settings\w{0,20}\.py|/settings/",
    ),
)
