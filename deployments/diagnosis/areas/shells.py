"""Bash syntax where a plain sh runs: dash on Debian and Ubuntu, busybox on Alpine."""

from deployments.diagnosis.areas.image_builds import IMAGE_BUILD
from deployments.diagnosis.areas.programs import NPM_SCRIPT
from deployments.diagnosis.model import configuration, in_code, rule

FAILURES = (
    configuration(
        "shell_not_bash",
        "A command is written for bash",
        "A command needs bash[: {detail}], but on this server it is run by a plain sh.",
        "Write #!/bin/bash as the first line of the command in the environment's"
        " settings (bash must be installed), or use what every sh understands.",
    ),
    in_code(
        "script_not_bash",
        "A script of the repository is written for bash",
        "A script of the repository needs bash[: {detail}], but is run by a plain sh.",
        "Give the script #!/bin/bash as its first line and call it by its path (a"
        " Dockerfile names bash with SHELL), push, and use Redeploy.",
    ),
)

#: What dash and busybox say of each; bash says none of it in these words.
_BASHISM = (
    r"(?P<detail>(?:source|\[\[|declare|typeset|shopt|pushd|popd|mapfile|readarray|let|"
    r"function|compgen|disown|builtin|caller): (?:command )?not found"
    r"|[Ss]et: [Ii]llegal option -o (?:pipefail|errtrace|functrace).{0,10}"
    r"|(?:set|read|wait|local|export|unset|type|command): [Ii]llegal option -\w"
    r"|(?:syntax error: )?[Bb]ad substitution$"
    r"|[Ss]yntax error: (?:(?:unexpected )?\"[(&]\"|(?:unexpected )?redirection|"
    r"[Bb]ad for loop variable|Bad fd number|[Bb]ad function name|"
    r"\"}\" unexpected|(?:unexpected )?\"do\").{0,40}"
    r"|local: not in a function|\w{1,40}(?:\+\+|--|\+=[^\s:]{0,40}): not found"
    r"|(?:\[|test): .{0,60}: (?:unexpected operator|unknown operand)"
    r"|trap: .{0,10}ERR: (?:bad trap|invalid signal).{0,20}"
    r"|export: -f: bad variable name)"
)
_LINE = r"(?:line )?\d{1,6}: (?:eval: (?:line \d{1,6}: )?)?"
#: The steps' own files, and the sh of a container's release command.
_COMMAND = rf"^(?:\S{{0,200}}/(?:script|probe)|sh): {_LINE}{_BASHISM}"
_ANY = rf"^(?!\S{{0,20}}\bbash: )\S{{1,200}}: {_LINE}{_BASHISM}"

RULES = (
    rule("script_not_bash", _ANY, beside=rf"{NPM_SCRIPT}|{IMAGE_BUILD}"),
    rule("shell_not_bash", _COMMAND),
    rule("script_not_bash", _ANY),
)
