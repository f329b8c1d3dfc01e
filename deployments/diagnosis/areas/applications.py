"""Errors in the code of applications: Python and Django, Node.js, Ruby."""

from deployments.diagnosis.model import configuration, in_code, rule

FAILURES = (
    in_code(
        "module_missing",
        "The code imports something that is not there",
        "The code imports[ {detail},] a module or name that is neither in the"
        " repository nor installed.",
        "Add it to the repository or to its requirements, push, and use Redeploy.",
    ),
    in_code(
        "syntax_error",
        "A source file has a syntax error",
        "A source file[, {path}, line {line},] cannot be read[: {detail}].",
        "Correct the file, push, and use Redeploy.",
    ),
    in_code(
        "migrations_inconsistent",
        "The migrations do not fit together",
        "The migrations of the code contradict each other or the models[: {detail}].",
        "Correct the migrations (makemigrations, --merge), push, and use Redeploy.",
    ),
    in_code(
        "django_project_invalid",
        "Django finds errors in the project",
        "Django's checks find errors in the settings, models or templates[: {detail}].",
        "Correct them, push, and use Redeploy.",
    ),
    in_code(
        "application_error",
        "The application's code raised an error",
        "The code of the application raised an error that it does not handle[:"
        " {detail}].",
        "Repair the code, push, and use Redeploy.",
    ),
    configuration(
        "server_file_missing",
        "A file outside the release does not exist",
        "The application uses a file or directory[ {path}] of the server that does not"
        " exist.",
        "Put it there, or correct its path in the environment's variables, and deploy"
        " again.",
    ),
    in_code(
        "source_file_missing",
        "The code reads a file that is not there",
        "The code reads a file[ {path}] that the repository does not have.",
        "Add the file (or correct the path in the code), push, and use Redeploy.",
    ),
)

#: Directories that no release lies in.
_SERVER_PATH = r"/(?:etc|run|opt|mnt|media|data|home|root|secrets?|var/(?!www))/?"
#: The release's own directory, so far as a trace shows it.
_PLACE = r"/[^/\s'\"]{1,60}/[^/\s'\"]{1,60}/"

RULES = (
    rule(
        "migrations_inconsistent",
        r"(?P<detail>Conflicting migrations detected.{0,120})",
        r"(?:NodeNotFound|CircularDependency)Error: (?P<detail>.{1,140})",
        r"InconsistentMigrationHistory: (?P<detail>.{1,140})",
        r"(?P<detail>have changes that are not yet reflected in a migration)",
        r"Ecto\.MigrationError\) (?P<detail>.{1,120})",
        r"IrreversibleError: (?P<detail>.{1,100})",
        r"(?P<detail>ActiveRecord::(?:PendingMigration|IrreversibleMigration|"
        r"Duplicate\w{1,20}))",
        r"BadMigrationError: (?P<detail>.{1,100})",
        r"(?P<detail>(?:Migrations have failed validation|checksum mismatch for"
        r" migration|migration directory is corrupt).{0,80})",
        r"(?P<detail>P30(?:05|06|09|18)\b|A migration failed to apply)",
        r"(?P<detail>Multiple head revisions are present|Can't locate revision"
        r" identified by.{0,40})",
    ),
    rule(
        "django_project_invalid",
        r"(?P<detail>System check identified (?:some issues|\d{1,4} issues?))",
        r"(?P<detail>Invalid(?:Storage|Template|Cache)\w{0,20}Error: .{1,120})",
        r"(?P<detail>(?:TemplateSyntaxError|TemplateDoesNotExist|"
        r"NoReverseMatch): .{1,120})",
        r"(?P<detail>(?:FieldError|FieldDoesNotExist|AppRegistryNotReady): .{1,120})",
        r"ImproperlyConfigured: (?P<detail>.{1,140})",
        r"(?P<detail>Missing staticfiles manifest entry for .{1,80})",
        r"The file '(?P<detail>.{1,100})' could not be found with <",
        r"(?P<detail>Model class \S{1,80} doesn't declare an explicit"
        r" app_label.{0,40})",
        r"(?P<detail>AssertionError: .{0,60}(?:View|serializer|queryset).{0,80})",
    ),
    rule(
        "syntax_error",
        r"(?P<detail>\b(?:SyntaxError|IndentationError|TabError): .{1,100})",
        r"(?P<detail>SyntaxError|source code string cannot contain null bytes)",
        r"(?P<detail>syntax error, unexpected .{1,80})",
    ),
    rule(
        "module_missing",
        r"(?:ModuleNotFoundError|ImportError): No module named '?"
        r"(?P<detail>[\w.]{1,80})",
        r"No module named '?(?P<detail>[\w.]{1,80})'?$",
        r"ImportError: (?P<detail>cannot import name '\w{1,80}'.{0,20})",
        r"ImportError: (?P<detail>.{1,120})",
        r"Cannot find (?:module|package) ['\"]?(?P<detail>[^'\"\s]{1,100})",
        r"ERR_(?:REQUIRE_ESM|MODULE_NOT_FOUND|PACKAGE_PATH_NOT_EXPORTED|"
        r"UNSUPPORTED_DIR_IMPORT)",
        r"does not provide an export named '(?P<detail>[^'\n]{1,60})'",
        r"cannot load such file -- (?P<detail>\S{1,100})",
        r"Target class \[(?P<detail>[^\]\n]{1,100})\] does not exist",
        r"class uri '?(?P<detail>[\w.]{1,60})'? invalid or not found",
        r"(?P<detail>Class \"?'?[\w\\]{1,80}'?\"? not found)",
    ),
    rule(
        "application_error",
        r"^(?P<detail>(?:\w{1,40}\.)?(?:NameError|AttributeError|TypeError|IndexError|"
        r"UnboundLocalError|ZeroDivisionError|RecursionError|NotImplementedError): "
        r"(?!fetch failed).{1,120})",
        r"^(?P<detail>(?:ValueError|LookupError|StopIteration|OverflowError|"
        r"Unicode\w{1,10}Error): .{1,120})",
        r"(?P<detail>DeserializationError: .{1,120})",
        r"^(?P<detail>AssertionError(?: \[\w{1,40}\])?(?:: .{1,100})?)$",
        r"^(?P<detail>(?:RuntimeError|Exception|json\.decoder\.JSONDecodeError|"
        r"(?:tomllib|tomli|toml)\.\w{0,10}DecodeError|yaml\.[\w.]{1,40}Error|"
        r"configparser\.\w{1,40}|struct\.error|decimal\.\w{1,30}|FileExistsError|"
        r"IsADirectoryError|NotADirectoryError): .{1,120})",
        r"^(?P<detail>OSError: \[Errno \d{1,3}\] [a-z].{1,100})$",
        r"^(?P<detail>KeyError: ['\"]?(?![A-Z0-9_]{1,80}['\"]?$).{1,80})$"
        r"(?!\s{1,4}During handling)",
        r"^(?P<detail>(?:ReferenceError|RangeError): .{1,120})",
        r"^(?P<detail>(?:Uncaught )?TypeError(?: \[\w{1,40}\])?: (?!fetch"
        r" failed).{1,120})",
        r"(?P<detail>undefined (?:method|local variable).{1,100}|uninitialized constant"
        r" .{1,60})",
        r"(?P<detail>Nest can't resolve dependencies of .{1,100})",
        r"(?P<detail>required a bean of type .{1,120})",
        r"^Exception in thread \"main\" (?P<detail>java\.lang\.(?:NullPointer|Illegal|"
        r"Runtime|ClassCast).{1,120})",
        r"^(?P<detail>panic: .{1,100}|thread '.{1,40}' panicked at .{1,100})",
        r"(?P<detail>\(?(?:NoMethodError|NameError)\)?: .{1,100})",
        steps="prepare transfer build release activate check finish",
        unless=(
            r"^\S{0,60}(?:ConnectionError|ConnectionRefusedError|gaierror|"
            r"TimeoutError)\b"
        ),
    ),
    rule(
        "server_file_missing",
        rf"^FileNotFoundError: .{{0,60}}: '(?P<path>{_SERVER_PATH}[^'\n]{{1,160}})'",
        rf"ENOENT: no such file or directory, \w{{1,12}} '(?P<path>{_SERVER_PATH}"
        r"[^'\n]{1,160})'",
        rf"@ (?:rb_sysopen|dir_initialize) - (?P<path>{_SERVER_PATH}\S{{1,160}})",
        rf"open (?P<path>{_SERVER_PATH}\S{{1,160}}): no such file or directory",
        steps="build release activate check",
        unless=r"npm (?:ERR|error)|^docker: ",
    ),
    rule(
        "source_file_missing",
        r"^FileNotFoundError: .{0,60}: '(?P<path>(?!/)[^'\n]{1,160})'$",
        r"ENOENT: no such file or directory, \w{1,12} '(?P<path>(?!/)[^'\n]{1,160})'",
        r"No such file or directory @ rb_sysopen - (?P<path>(?!/)\S{1,160})",
        r"open (?P<path>(?!/)[\w./-]{1,160}): no such file or directory",
        rf"File \"({_PLACE})[^\"\n]{{1,160}}\", line \d{{1,6}}, in [^\n]{{1,80}}\n"
        r"(?:[^\n]{0,200}\n){1,3}FileNotFoundError: [^\n]{1,60}: "
        r"'(?P<path>\1[^'\n]{1,160})'",
        rf"ENOENT: no such file or directory, \w{{1,12}} '(?P<path>({_PLACE})"
        r"[^'\n]{1,160})'\n(?:[^\n]{0,200}\n){1,6}?[^\n]{0,80}\((?:file://)?\2",
        steps="build release activate check",
        unless=r"npm (?:ERR|error)|^docker: ",
    ),
    rule(
        "migrations_inconsistent",
        r"^(?P<detail>Migrations for '\w{1,60}':)\n {2}\S{1,200}\n {4}[+~-] ",
        steps="build release check",
        exit_codes=(1,),
    ),
)

_NO_SIGN_OF_OUTSIDE = (
    r"(?!.{0,160}(?i:connect|time.?out|timed|unavailable|refused|denied|auth|"
    r"permission|"
    r"forbidden|limit|quota|http|network|resolve|interrupt|exit|missing|config|"
    r"notfound)|"
    r".{0,80}\bE[A-Z]{4,20}\b)"
)
#: Asked last of all: an error that nobody caught, and that no rule knows by name.
UNHANDLED = (
    rule(
        "application_error",
        r"^  File \"[^\"\n]{1,200}\", line \d{1,6}, in [^\n]{1,80}\n"
        rf"(?: {{4}}[^\n]{{0,200}}\n){{1,3}}(?P<detail>{_NO_SIGN_OF_OUTSIDE}"
        r"[A-Z_a-z][\w.]{0,80}: [^\n]{1,160})$",
        rf"^(?:Uncaught )?(?P<detail>{_NO_SIGN_OF_OUTSIDE}\w{{0,40}}Error:"
        rf" [^\n]{{1,160}})\n"
        r" {4}at (?!Response\.)",
        steps="build release activate check",
    ),
)
