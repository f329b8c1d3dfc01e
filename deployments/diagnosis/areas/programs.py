"""Programs and scripts that cannot be started at all."""

from deployments.diagnosis.areas.image_builds import IMAGE_BUILD
from deployments.diagnosis.model import configuration, in_code, rule

FAILURES = (
    configuration(
        "tool_missing",
        "A tool is not installed on the server",
        "The server lacks the tool[ {tool}] that the deployment needs.",
        "Install it on the server, where the deploying user finds it. All that"
        " deployments themselves need comes with apt-get install coreutils findutils"
        " git util-linux, on Alpine with apk add and the same names.",
        probe="tools",
    ),
    configuration(
        "command_not_found",
        "The command does not exist",
        "The configured command[ {tool}] does not exist on the server.",
        "Correct it in the environment's settings; if it is right, install the program"
        " on the server and retry.",
    ),
    in_code(
        "script_broken",
        "A script of the repository cannot run",
        "A script of the repository[, {path}, line {line},] cannot be run[: {detail}].",
        "Correct the script (first line, line ends, executable bit), push, and use"
        " Redeploy.",
    ),
    in_code(
        "build_program_missing",
        "The build has no such program",
        "A build command uses a program[ {tool}] that its dependencies or image do not"
        " bring.",
        "Declare it as a dependency (or add it to the image), push, and use Redeploy.",
    ),
    in_code(
        "script_program_missing",
        "A script of the repository calls a missing program",
        "A script of the repository calls a program[ {tool}] that does not exist on the"
        " server.",
        "Correct the script, push, and use Redeploy; if it is right, install the"
        " program on the server and retry.",
    ),
    in_code(
        "build_file_missing",
        "A file is missing in the build",
        "A build command needs a file[ {path}] that the repository or image does not"
        " have.",
        "Add the file or correct the command in the Dockerfile, push, and use"
        " Redeploy.",
    ),
    configuration(
        "sudo_not_permitted",
        "The command needs rights that the user does not have",
        "A command uses sudo, which the deploying user may not use without a password.",
        "Allow exactly this command in the server's sudoers file, or do without sudo.",
        probe="authentication",
    ),
)

#: Printed when a command is a script of package.json, so written in the repository.
NPM_SCRIPT = r"^> [\w./@-]{1,140} [\w:.-]{1,60}$|npm (?:ERR!|error)|ELIFECYCLE|yarn run"

#: Programs of the operating system, which no environment and no commit brings.
_SYSTEM_PROGRAM = (
    r"(?:docker|git|rsync|tar|unzip|zip|gzip|xz|zstd|bzip2|curl|wget|make|gcc|g\+\+|"
    r"psql|pg_dump|pg_restore|mysql|mysqldump|redis-cli|java|php|envsubst|jq|scp|"
    r"setfacl|lsof|ffmpeg)"
)
_INTERPRETER = (
    r"(?:python[23]?(?:\.\d{1,2})?|node|ruby|php|perl|bash|zsh|java|deno|bun)"
)
#: Where a deployment's own commands and the system's scripts lie.
_FOREIGN_SCRIPT = r"(?!/(?:usr|etc|opt|root|tmp|bin|home/\w{1,40}/\.|\S{0,40}/_temp/))"

RULES = (
    rule(
        "sudo_not_permitted",
        r"sudo: (?:a password is required|no tty present|a terminal is required)",
        r"Missing sudo password|sudo: .{0,20}sorry, you must have a tty|is not in the "
        r"sudoers file",
        r"Sorry, user \S{1,60} (?:is not allowed|may not run)",
        r"no new privileges.{0,40}prevents sudo|Interactive authentication required",
        r"^Failed to \w{4,8} \S{1,80}: Access denied",
    ),
    rule(
        "build_program_missing",
        r"^(?:.{0,40} )?/bin/(?:ba)?sh: (?:\d{1,3}: )?(?P<tool>[^\s:]{1,60}): not"
        r" found",
        r"executor failed running .{0,200}exit code: 127|non-zero code: 127",
        r"did not complete successfully: exit code: 127",
        steps="build",
        beside=IMAGE_BUILD,
    ),
    rule(
        "build_program_missing",
        r"^sh: (?:\d{1,3}: |line \d{1,3}: )?(?P<tool>[^\s:]{1,60}): (?:command )?not"
        r" found",
        r"^/bin/sh: (?:\d{1,3}: )?(?P<tool>[^\s:]{1,60}): not found",
        r"^make(?:\[\d\])?: (?P<tool>[\w./+-]{1,100}): (?:No such file|Command not"
        r" found)",
        beside=rf"{NPM_SCRIPT}|^make(?:\[\d\])?: \*\*\* \[[^\n]{{1,120}} Error 127|"
        r"^Error: Command failed: ",
    ),
    rule(
        "build_file_missing",
        r"^.{0,60}(?:can't open|cannot (?:stat|open|access)|can't (?:stat|cd to)) "
        r"'?(?P<path>[^':\n]{1,120})'?: No such file",
        steps="build",
        beside=IMAGE_BUILD,
    ),
    rule(
        "build_file_missing",
        r"^[\w./-]{1,40}: (?:cannot \w{1,8} |can't open )?['‘]?"
        r"(?P<path>(?!/)[\w./-]{1,120})['’]?: No such file",
        r"cd: (?:can't cd to )?(?P<path>(?!/)\S{1,120})",
        r"can't open file '(?P<path>[^'\n]{1,160})'",
        beside=rf"^make(?:\[\d\])?: \*\*\* \[|{NPM_SCRIPT}",
    ),
    rule(
        "script_broken",
        r"(?P<detail>(?:bad interpreter|cannot execute: required file).{0,60})",
        r"(?P<detail>cannot execute binary file.{0,60})",
        r"env: .{0,4}(?P<detail>[\w.+-]{1,40}\\?r.{0,4}: No such file)",
        r"(?P<detail>\$'\\r': command not found)",
        r"^(?:\S{0,40}: )?(?:line \d{1,5}: )?(?P<detail>\./\S{1,100}: Permission"
        r" denied)$",
        r"^(?P<path>\S{1,100}\.sh): (?:line )?(?P<line>\d{1,5}): "
        r"(?P<detail>[Ss]yntax error.{1,80})",
        unless=r"bad interpreter: .{0,80}(?:python|Permission)",
    ),
    rule(
        "tool_missing",
        rf"^\s{{0,12}}(?:\S{{0,80}}: )?(?:line )?(?:\d{{1,6}}: )?"
        rf"(?P<tool>{_SYSTEM_PROGRAM}): (?:command )?not found",
        rf"^/usr/bin/env: ['‘]?(?P<tool>{_INTERPRETER})['’]?: No such file",
    ),
    rule(
        "script_broken",
        r"^/usr/bin/env: ['‘]?(?P<detail>[\w.+-]{1,60}['’]?: No such file.{0,20})",
        unless=r"^\s{0,8}(?:DEBUG|INFO|ERROR)\b|SSHKit|Capistrano|^\s{0,8}cap ",
    ),
    rule(
        "script_broken",
        rf"^{_FOREIGN_SCRIPT}[^\s:]{{0,100}}(?:/[^\s:]{{1,60}}|\.(?:ba)?sh): (?:line )?"
        r"\d{1,6}: (?P<detail>(?:cd: |\.: )?(?:cannot open )?(?!/)[\w./-]{1,100}: No"
        r" such"
        r" file.{0,20})",
        unless=r"^\S{0,20}/bin/(?:ba|da|z)?sh: ",
    ),
    rule(
        "script_program_missing",
        rf"^\s{{0,12}}{_FOREIGN_SCRIPT}[^\s:]{{0,100}}(?:/[^\s:]{{1,60}}|\.(?:ba)?sh): "
        r"(?:line )?\d{1,6}: (?P<tool>[^\s:/]{1,80}): (?:command )?not found",
        unless=r"^sh: \d{1,6}: |/bin/(?:ba|da|z)?sh: ",
    ),
    rule(
        "tool_missing",
        r"(?P<tool>git-lfs): (?:command )?not found",
        r"git: '(?P<tool>lfs)' is not a git command",
        r"(?:IOError|Error): .{0,40}command not found: '(?P<tool>[\w-]{1,40})'",
        r"(?:Unable to find|You need) (?P<tool>[Ww]khtmltopdf) (?:on this|to print)",
        r"error while loading shared libraries: (?P<tool>[\w.+-]{1,60})",
        r"ImportError: (?P<tool>lib[\w.+-]{1,60}): cannot open shared object file",
        r"(?:rbenv|pyenv|nodenv|asdf|goenv): version "
        r"[`'‘]?(?P<tool>[\w.@/-]{1,40})['’]?"
        r" is not installed",
        r"(?P<tool>/usr/bin/python[\d.]{0,4}): (?:not found|No such file)",
        r"version \"(?P<tool>v?[\w.]{1,20})\" is not yet installed",
        r"can't find gem (?P<tool>[\w-]{1,40}) .{0,60}Gem::GemNotFoundException",
        r"version `(?P<tool>GLIBC\w{0,4}_[\d.]{1,10})' not found",
        r"cannot find -l(?P<tool>[\w.+-]{1,60})",
        r"Can't find (?P<tool>msgfmt|xgettext)\b|syscall spawn (?P<path>git)\b",
        r"\bspawn (?P<tool>[\w.+-]{1,60}) ENOENT\b",
        r"in _execute_child\n(?:[^\n]{0,200}\n){1,3}FileNotFoundError: [^\n]{1,60}: "
        r"'(?P<tool>[\w.+-]{1,60})'",
        r"(?P<detail>Executable doesn't exist at \S{0,80}ms-playwright.{0,60}|"
        r"Could not find (?:Chrome|Chromium)|Host system is missing dependencies)",
        r"(?P<tool>msgfmt|[Gg]raphviz|ffmpeg|ImageMagick|Ghostscript) .{0,20}"
        r"(?:is not installed|not found|could not be found)",
    ),
    rule(
        "command_not_found",
        r"^\s{0,12}(?:\S{0,60}: )?(?:line \d{1,6}: )?(?P<tool>[^\s:]{1,80}): command"
        r" not"
        r" found$",
        r"^(?:\S{0,60}: )?\d{1,6}: (?P<tool>[^\s:]{1,80}): not found$",
        r"(?:exec|env|nohup|setsid|timeout|sudo|nice|xargs): .{0,40}?['‘]?"
        r"(?P<tool>[\w./-]{1,80})['’]?: (?:command not found|No such file)",
        r"^zsh: command not found: (?P<tool>\S{1,80})",
        r"/usr/bin/env:\s{1,4}(?P<tool>[\w.-]{1,60})\s{1,4}: No such file",
    ),
)
