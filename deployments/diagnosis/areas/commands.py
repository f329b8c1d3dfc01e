"""The environment's commands themselves: how they are written and what they need."""

from deployments.diagnosis.areas.programs import NPM_SCRIPT
from deployments.diagnosis.model import configuration, in_code, rule

FAILURES = (
    configuration(
        "command_usage",
        "The command is written wrongly",
        "A configured command has a wrong option or argument[: {detail}].",
        "Correct the command in the environment's settings.",
    ),
    configuration(
        "path_missing",
        "A configured path does not exist",
        "A configured command names a file or directory[ {path}] that does not exist.",
        "Correct the path in the environment's settings.",
    ),
    configuration(
        "application_object_missing",
        "The configured application does not exist in the code",
        "The start command names a module or object[ {detail}] that the code does not"
        " have.",
        "Correct the start command in the environment's settings.",
    ),
    in_code(
        "script_file_missing",
        "A script of the repository starts a file that does not exist",
        "A script in package.json starts a file[ {path}] that the repository does not"
        " have.",
        "Correct the script or add the file, push, and use Redeploy.",
    ),
    configuration(
        "service_not_found",
        "The service does not exist on the server",
        "The restart command names a service[ {detail}] that the server cannot"
        " control.",
        "Correct the restart command, or install the service's unit on the server.",
    ),
    configuration(
        "port_privileged",
        "The port is reserved for root",
        "The application may not listen on this port[ {port}]: it is reserved for"
        " root.",
        "Configure a port from 1024 on and let a proxy pass requests to it.",
    ),
)

#: Node.js lists the files that led to a missing one; the first file has none.
_REQUIRED_BY_CODE = r"^- /|requireStack: \[ ?'"
RULES = (
    rule(
        "command_usage",
        r"(?P<detail>unknown (?:shorthand )?flag: .{1,60}|"
        r"flag needs an argument.{0,60})",
        r"(?P<detail>(?:[Uu]nrecognized|unknown|invalid|illegal|bad) option:?"
        r" ?.{0,60})",
        r"(?P<detail>Unknown option:? [`'\"-].{0,60})",
        r"(?P<detail>[Nn]o such option:? .{1,60}|[Uu]nrecognized arguments?: .{1,80})",
        r"(?P<detail>the following arguments are required: .{1,80})",
        r"(?P<detail>argument \S{1,60}: (?:invalid|expected).{1,80})",
        r"(?P<detail>requires (?:at least|exactly|a maximum of) \d{1,2} arguments?)",
        r"(?P<detail>'.{1,40}' is not a (?:git|docker) command)",
        r"(?P<detail>Unknown command: .{1,60}|unknown command \".{1,60})",
        r"(?P<detail>(?:Bad|Unsupported) configuration option: .{1,60})",
        r"(?P<detail>(?:[Nn]o such|Unknown) (?:sub)?command '?.{1,60})",
        r"(?P<detail>(?:missing .{0,20}operand|too (?:many|few) arguments).{0,60})",
        r"^Try '(?P<detail>.{1,60} --help)' (?:for more|or)",
        r"(?P<detail>(?:[Oo]ption|argument) .{0,60}(?:requires? \d argument|argument"
        r" missing|value is missing))",
        r"(?P<detail>-\w option requires \d argument|[Yy]ou must (?:give|specify|"
        r"provide)"
        r" (?:at least )?one.{0,60})",
        r"(?P<detail>(?:one of .{1,60} must be|invalid [\w ]{1,30} \".{0,40}\")"
        r" specified)",
        r"(?P<detail>unknown predicate .{1,40}|invalid signal specification|"
        r"arguments must be process or job IDs)",
        r"(?P<detail>Missing list of packages|Cannot find the root of your workspace)",
        r"(?P<detail>Could not find an option (?:named|or flag) .{1,40}|"
        r"No workspaces found:)",
        r"(?P<detail>.{1,40}: not a valid identifier|Invalid command '.{1,40}')",
        r"(?P<detail>unrecognized command-line option .{1,40})",
        r"^su: (?P<detail>user .{1,40} does not exist)",
        r"(?P<detail>sed: -e expression #\d{1,3}, char \d{1,4}: .{1,60})",
        r"^\w{1,20}: (?P<detail>invalid (?:user|group|mode|date|number|time|argument)"
        r".{1,60})",
        r"(?P<detail>option requires an argument.{0,40}|Invalid operation .{1,40})",
        r"(?P<detail>Command line option .{1,60}is not (?:known|understood).{0,20})",
        r"^\S{0,20}: (?:-c: )?(?:line )?\d{1,6}: (?P<detail>[Ss]yntax error.{1,80})",
        r"(?P<detail>unexpected EOF while looking for matching.{0,10})",
        r"(?P<detail>(?<!LookupError: )[Nn]o installed app with label '.{1,60}|"
        r"App '.{1,60}' does not have migr)",
        r"CommandError: (?P<detail>(?:Cannot find a migration matching|"
        r"No fixture named|You must use --).{1,80})",
        r"(?P<detail>Don't know how to build task '.{1,60}')",
        r"(?P<detail>Bad port '.{1,20}'|Unknown (?:cipher|mac) type .{1,40})",
        r"(?P<detail>Unknown lifecycle phase .{1,60}|No plugin found for prefix"
        r" .{1,40}|Task '.{1,60}' not found in .{1,60})",
        r"(?P<detail>Invalid (?:maximum|initial) heap size: .{1,40}|"
        r"Unrecognized VM option .{1,60})",
        r"(?P<detail>This project is configured to use \w{1,12} because .{1,60})",
        r"(?P<detail>Group\(s\) not found: .{1,60})",
        r"^\S{0,20}: (?:-c: )?line \d{1,6}: (?P<detail>.{1,60}: bad substitution)",
        r"(?P<detail>There are no commands defined in the .{1,60}|"
        r"Command \".{1,60}\" is not defined)",
        r"(?P<detail>The \".{1,60}\" (?:option|argument) (?:does not exist|"
        r"requires a value).{0,20})",
        r"(?P<detail>Not enough arguments \(missing: .{1,60}|"
        r"Too many arguments(?: to|, expected).{0,60})",
        r"FAILED: (?P<detail>(?:No 'script_location' key|No such revision|Relative"
        r" revision|Path doesn't exist).{1,60})",
        r"Run '(?P<detail>docker .{0,40}--help)' for more information",
        unless=r"SyntaxError|npm (?:ERR!|error) code E(?!RR)|ERR_PNPM",
    ),
    rule(
        "command_usage",
        r"^ {2,8}-\w(?: [\w=\[\]]{1,20})?, --[\w\[\]-]{1,40}[ =]|^usage: ",
        exit_codes=(2, 64, 125, 129),
    ),
    rule(
        "application_object_missing",
        r"Failed to find (?:attribute|application object) '(?P<detail>[^'\n]{1,60})'",
        r"Error loading ASGI app\. (?P<detail>.{1,100})",
        r"Attribute \"(?P<detail>[^\"\n]{1,60})\" not found in module",
        r"Unable to load celery application\.\n(?P<detail>(?:The )?module .{1,80}not"
        r" found)",
        r"Unable to load celery application\.\n(?P<detail>Module '.{1,60} has no"
        r" attribute)",
        r"Failed to parse '(?P<detail>[^'\n]{1,80})' as an attribute name",
        r"Error: Could not (?:import|locate) (?:a Flask application|"
        r"'(?P<detail>[^'\n]{1,80})')",
    ),
    rule(
        "application_object_missing",
        r"ModuleNotFoundError: No module named '(?P<detail>[\w.]{1,80})'",
        beside=r"in import_app\n",
        unless=r"in exec_module\n",
    ),
    rule(
        "application_object_missing",
        r"^\S{0,100}python[\d.]{0,5}: No module named '?(?P<detail>[\w.]{1,80})",
        r"^\S{0,100}python[\d.]{0,5}: Error while finding module specification for "
        r"'(?P<detail>[^'\n]{1,80})",
    ),
    rule(
        "script_file_missing",
        r"Error: Cannot find module '(?P<path>/[^'\n]{1,160})'$",
        beside=NPM_SCRIPT,
        unless=_REQUIRED_BY_CODE,
    ),
    rule(
        "path_missing",
        r"Error: Cannot find module '(?P<path>/[^'\n]{1,160})'$",
        unless=_REQUIRED_BY_CODE,
    ),
    rule(
        "path_missing",
        r"npm (?:ERR!|error) .{0,100}open '(?P<path>/[^'\n]{1,160}package\.json)'",
        r"(?:No package\.json|Couldn't find a package\.json file).{0,20} in \"?"
        r"(?P<path>[^\"\n]{1,120})",
        r"ERR_PNPM_NO_(?:PKG_MANIFEST|IMPORTER_MANIFEST_FOUND)",
        r"[Cc]ould not (?:find|locate) (?:a )?[`'\"]?(?P<path>Cargo\.toml|Gemfile|"
        r"composer\.json|pyproject\.toml|setup\.py|go\.mod)",
        r"(?P<path>go\.mod) file not found",
        r"no POM in this directory",
        r"linked (?:file|dir) (?P<path>\S{1,160}) does not exist",
        r"no configuration file provided: not found",
        r"(?:env file|find env file:) (?P<path>/\S{1,160})",
        r"^\S{0,20}: line \d{1,6}: (?P<path>\S{1,160}): Is a directory$",
        r"\[PM2\]\[ERROR\] Script not found: (?P<path>\S{1,160})",
        r"Could not open input file: (?P<path>\S{1,160})",
        r"FAILED: No config file '(?P<path>[^'\n]{1,120})' found",
        r"Unable to access jarfile (?P<path>\S{1,160})",
        r"Could not find or load main class (?P<path>\S{1,160})",
        r"tar: (?P<path>\S{1,160}): Cannot open: No such file",
        r"ENOENT: no such file or directory, (?:lstat|chdir|scandir|uv_cwd) ?'?"
        r"(?P<path>[^'\n]{0,160})",
        r"^Could not find '(?P<path>/[^'\n]{1,160})'$",
        r"(?P<detail>Can't find any collection named '.{1,40}')",
        r"It looks like a path\. .{0,10}File '(?P<path>[^'\n]{1,160})' does not exist",
        r"Could not open file or uri for loading .{1,40} from (?P<path>\S{1,160})",
        r"Cannot find module '(?P<path>/[^'\n]{1,160})' imported from /\S{0,160}/$",
        r"npm (?:ERR!|error) enoent This is related to npm not being able to find a"
        r" file",
        r"cannot create (?P<path>\S{1,160}): Directory nonexistent",
        r"unzip: {1,3}cannot find or open (?P<path>[^\s,]{1,160})",
        r"can't open file '?(?P<path>[^'\n]{1,160})'?: \[Errno 2\]",
        r"cannot change to '(?P<path>[^'\n]{1,160})': No such file",
        r"\bcd: (?:can't cd to )?(?P<path>\S{1,160}?)(?:: No such file.{0,20})?$",
        r"\bdocker: open (?P<path>\S{1,160}): no such file",
        r"[Cc]hdir to '(?P<path>[^'\n]{1,120})'",
        r"chdir (?P<path>/[^\s:]{1,160}): no such file",
        r"(?<![\w./-])(?P<path>[\w./-]{1,160}): (?:No such file or directory$|"
        r"not found$|cannot open .{0,40}No such file)",
        r"['\"‘](?P<path>[^'\"’\n]{1,160})['\"’]: No such file or directory$",
    ),
    rule(
        "service_not_found",
        r"Unit (?P<detail>[\w@.:-]{1,100}) (?:not found|could not be found|"
        r"does not exist)",
        r"Failed to connect to bus|System has not been booted with systemd",
        r"(?<!\S)(?P<detail>[\w@.:-]{1,80}): (?:unrecognized service|ERROR \(no such)",
        r"Unit (?P<detail>[\w@.:-]{1,100}) is masked",
        r"\[PM2\]\[ERROR\] Process or Namespace (?P<detail>\S{1,80}) not found",
        r"unix:///\S{1,100}supervisor\.sock .{0,40}(?:no such file|refused)",
    ),
    rule(
        "port_privileged",
        r"listen EACCES: permission denied .{0,60}:(?P<port>\d{1,5})",
        r"bind\(\) to \S{1,60}:(?P<port>\d{1,5}) failed \(13: Permission denied\)",
        r"\('[^'\n]{0,60}', (?P<port>\d{1,5})\).{0,40}(?:Permission denied|permission)",
        r"(?:bind|listen).{0,60}:(?P<port>\d{1,4})\b.{0,40}(?i:permission denied)",
        r"You don't have permission to access that port|bind: permission denied",
        r"\.bind\([^\n]{0,100}\)\n(?:[ ^~]{0,100}\n)?PermissionError",
    ),
)
