"""Gunicorn, Uvicorn and others that serve the application: how they are started."""

from deployments.diagnosis.model import configuration, rule

FAILURES = (
    configuration(
        "listen_address_unusable",
        "The server does not have the address to listen on",
        "The application is to listen on an address[ {host}] that the server does not"
        " have.",
        "Correct the address in the environment's variables or command (0.0.0.0 listens"
        " on all, 127.0.0.1 only inside the server).",
    ),
)

RULES = (
    rule(
        "listen_address_unusable",
        r"(?:listen|bind) EADDRNOTAVAIL: .{0,40}? (?P<host>[\w.:-]{1,80})$",
        r"connection to \('(?P<host>[^'\n]{1,80})', \d{1,5}\) failed: .{0,20}"
        r"(?:Cannot assign|Name or service)",
        r"on address \('(?P<host>[^'\n]{1,80})', \d{1,5}.{0,20}"
        r"(?i:cannot assign requested)",
        r"bind\(\) to (?P<host>\S{1,80}) failed \(99:",
        r"(?:listen \w{1,6}|bind(?:ing)?).{0,20}? (?P<host>[\w.:\[\]-]{1,80}).{0,60}"
        r"(?i:cannot assign requested address)",
        r"(?i:cannot assign requested address).{0,40}(?:Bind|bind)|Failed to bind to "
        r"\[?(?P<host>[\w.:-]{1,80})",
        r"\.bind\([^\n]{0,100}\)\n(?:[ ^~]{0,100}\n)?OSError: \[Errno 99\]",
        r"code: 'EADDRNOTAVAIL',\n[^\n]{0,40}\n? {0,8}syscall: 'listen'",
        r"Application startup complete\.\nERROR: {1,6}\[Errno -\d\] Name or service",
        r"\.bind\([^\n]{0,100}\)\n(?:[ ^~]{0,100}\n)?socket\.gaierror: ",
    ),
    rule(
        "listen_address_unusable",
        r"getaddrinfo (?:ENOTFOUND|EAI_AGAIN) (?P<host>\S{1,100})",
        beside=r"'error' event on Server instance",
    ),
    rule(
        "variable_malformed",
        r"(?P<detail>'[^'\n]{0,60}' is not a valid port number)",
        r"(?P<detail>bind\(\): port must be 0-65535)",
        r"^(?P<detail>Invalid value for \w{1,40}: .{0,60})\n",
        r"(?P<detail>Invalid value for '--?[\w-]{1,40}(?: / [^'\n]{1,40})?': "
        r"(?!Path |File |Directory ).{1,80})",
    ),
    rule(
        "path_missing",
        r"Invalid value for '[^'\n]{1,60}': (?:Path|File|Directory) "
        r"'(?P<path>[^'\n]{1,160})' does not exist",
        r"^Error: '(?P<path>[^'\n]{1,160})' doesn't exist$",
        r"^Error: (?P<path>/\S{1,160}) doesn't exist\. Can't create pidfile",
        r"RuntimeError: (?P<path>/\S{1,160}) doesn't exist\. Can't create workertmp",
        r"Error: '(?P<path>[^'\n]{1,160})' isn't writable \[FileNotFoundError",
        r"Error: log config '(?P<path>[^'\n]{1,160})' not found",
        r"ValueError: (?:cert|key)file \"(?P<path>[^\"\n]{1,160})\" does not exist",
        r"connection to (?P<path>/\S{1,120}) failed: \[Errno 2\]",
        r"(?P<detail>load_cert_chain)\([^\n]{0,120}\n(?:[ ^~]{0,100}\n)?"
        r"FileNotFoundError: ",
        r"sock\.bind\(path\)\n(?:[ ^~]{0,100}\n)?FileNotFoundError: ",
    ),
    rule(
        "command_usage",
        r"Error: (?P<detail>No application module specified)",
        r"Error: (?P<detail>No such (?:user|group): .{1,60})",
        r"ImportError: (?P<detail>Entry point \('gunicorn\.workers', .{1,60})",
        r"(?P<detail>Error loading custom loop setup function\. .{1,80})",
        r"Error: (?P<detail>(?:Missing (?:argument|option|parameter)|Got unexpected"
        r" extra argument).{0,60})",
    ),
)
