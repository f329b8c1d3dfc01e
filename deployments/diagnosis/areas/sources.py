"""Source files that cannot be read, by file and line: Python, Node.js, JSON, YAML."""

from deployments.diagnosis.model import rule

_BETWEEN = r"(?:[^\n]{0,300}\n)"
_SYNTAX = r"(?P<detail>(?:SyntaxError|IndentationError|TabError)(?: \[\w{1,20}\])?: "

RULES = (
    rule(
        "syntax_error",
        r"^ {0,8}File \"(?P<path>[^\"<>\n]{1,300})\", line (?P<line>\d{1,6})\n"
        rf"{_BETWEEN}{{1,3}}?{_SYNTAX}[^\n]{{1,100}})",
        r"^(?:file://)?(?P<path>/[^\n:]{1,300}):(?P<line>\d{1,6})\n"
        rf"{_BETWEEN}{{1,4}}?{_SYNTAX}[^\n]{{1,100}})",
        r"SyntaxError: (?P<path>/[^\n:]{1,300}): (?P<detail>[^\n]{1,100}) "
        r"\((?:line )?(?P<line>\d{1,6})(?::| column )\d{1,6}\)",
        r"^yaml\.\w{1,20}\.\w{1,20}Error: (?P<detail>[^\n]{1,100})\n"
        r"(?:[^\n]{0,200}\n){0,3}? {1,6}in \"(?P<path>[^\"<>\n]{1,300})\", "
        r"line (?P<line>\d{1,6})",
        unless=r"^docker: |npm (?:ERR|error) code E",
    ),
)
