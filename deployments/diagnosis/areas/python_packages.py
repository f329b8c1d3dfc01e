"""What pip, poetry and uv say when Python packages cannot be installed."""

from deployments.diagnosis.areas.image_builds import IMAGE_BUILD
from deployments.diagnosis.model import configuration, external, in_code, rule

FAILURES = (
    external(
        "python_index_auth_failed",
        "The package index does not accept the credentials",
        "The Python package index[ {host}] does not accept the credentials.",
        "Correct the credentials for the index, then retry.",
    ),
    external(
        "python_index_unreachable",
        "The Python package index cannot be reached",
        "The Python package index cannot be reached or delivers damaged files.",
        "Check the server's network and the index's status, then retry.",
        probe="name_resolution",
    ),
    in_code(
        "python_requirement_unavailable",
        "A required Python package does not exist",
        "No index offers the required Python package[ {detail}] in that version.",
        "Correct the requirement, push, and use Redeploy.",
    ),
    in_code(
        "python_requirements_conflict",
        "The Python requirements do not fit together",
        "The Python requirements contradict each other or their lock file[: {detail}].",
        "Resolve them (and renew the lock file), push, and use Redeploy.",
    ),
    in_code(
        "python_requirements_invalid",
        "The Python requirements cannot be read",
        "The requirements or the package's own description are missing or wrong[:"
        " {detail}].",
        "Correct the file, push, and use Redeploy.",
    ),
    in_code(
        "python_hash_mismatch",
        "A Python package has another hash than recorded",
        "A Python package does not have the hash that the requirements record[:"
        " {detail}].",
        "Check the package, renew the hashes, push, and use Redeploy.",
    ),
    in_code(
        "python_package_build_failed",
        "A Python package cannot be built",
        "A required Python package[ {detail}] cannot be built for this Python.",
        "Require a version with a ready wheel (or add what it is built with), push,"
        " and use Redeploy.",
    ),
    external(
        "build_tools_missing",
        "Compilers or headers are missing on the server",
        "The server lacks a compiler, header or library that the build needs[:"
        " {detail}].",
        "Install the development packages on the server, then retry.",
        probe="tools",
    ),
    configuration(
        "python_environment_managed",
        "The command uses the system's Python",
        "The system's Python refuses installations by pip[: {detail}].",
        "Let the build command create and use a virtual environment.",
    ),
    external(
        "python_installation_broken",
        "The server's Python installation is incomplete",
        "The Python installation on the server cannot do this[: {detail}].",
        "Repair it (for example install python3-venv), then retry.",
        probe="tools",
    ),
)

_PIP = (
    r"\bpip\b|\bpip3\b|[Pp][Yy][Pp][Ii]|/simple/|Could not find a version|Collecting |"
    r"\buv\b|conda"
)

#: The version exists, but not for this Python.
_OTHER_PYTHON = (
    r"require a different python version: [^\n]{0,400}?(?P<detail>\b([\w.]{1,20}) "
    r"Requires-Python [^\n;]{1,30})[^\n]{0,400}\n(?:[^\n]{0,300}\n)?[^\n]{0,200}=="
    r"\2(?![\w.])",
)

#: Headers of widespread libraries, which no repository brings.
_LIBRARY_HEADER = (
    r"(?:openssl|vips|libxml|libxslt|postgresql|mysql|mariadb|curl|boost|glib-2\.0|"
    r"glib|"
    r"cairo|pango|gdk|gtk|freetype2?|ImageMagick-\d|magick|sasl|jpeg|webp|zmq|event2?|"
    r"readline|ncurses|uuid|hdf5|gdal|geos)/[\w./-]{1,60}\.h(?:pp)?"
)

RULES = (
    rule(
        "python_index_auth_failed",
        r"40[13] Error, Credentials not correct for https?://(?P<host>[^/\s]{1,100})",
        r"HTTP error 40[13] while getting|40[13] Client Error.{0,120}/simple/",
        r"^User for (?P<host>[\w.:-]{1,100}):",
        r"in _prompt_for_password$",
        r"(?:Failed to fetch|HTTP status).{0,200}40[13] (?:Unauthorized|Forbidden)",
        beside=_PIP,
    ),
    rule(
        "python_index_unreachable",
        r"HTTP error (?:5\d\d|404|410|429) while getting|pythonhosted\.org.{0,160}"
        r"(?:timed out|"
        r"refused)",
    ),
    rule(
        "python_index_unreachable",
        r"DO NOT MATCH THE HASHES[^\n]{0,400}\n[^\n]{0,20}unknown package:",
    ),
    rule(
        "python_index_unreachable",
        r"^ERROR: Wheel '(?P<detail>[^'\n]{1,80})' located at .{1,160} is invalid",
        r"\b(?:BadZipFile|IncompleteRead|ContentTooShort|InvalidWheel)\b",
        r"Hash of the package .{0,60}truncated|has an invalid (?:wheel|zip)",
        beside=_PIP,
    ),
    rule(
        "python_index_unreachable",
        r"Retrying \(Retry\(.{0,200}after connection broken by .{0,300}",
        r"Could not fetch URL .{0,300}(?:connection error|problem confirming|"
        r"timed? ?out)",
        r"Max retries exceeded with url: \S{0,100}/simple/",
        r"(?:5\d\d|429) (?:Server|Client) Error",
        r"(?:pip\._vendor\.)?urllib3\.exceptions\.\w{1,40}(?:Error|Exception)",
        r"error sending request for url|(?:Request failed after|"
        r"Failed to fetch:) .{1,160}",
        r"HTTPS?ConnectionPool\(host=|error: incomplete-download|CondaHTTPError",
        r"Connection to \S{1,100} timed out\. \(connect timeout",
        beside=_PIP,
        unless=(
            r"from versions: \d|ResolutionImpossible|subprocess-exited|npm (?:ERR|"
            r"error)"
        ),
    ),
    rule(
        "python_requirements_conflict",
        r"(?P<detail>Cannot install .{1,160} because these package versions have)",
        r"ResolutionImpossible|[Cc]onflicting dependencies",
        r"Because .{1,160} depends on (?P<detail>.{1,120})",
        r"(?P<detail>No solution found when resolving.{0,60}|version solving failed)",
        r"(?P<detail>pyproject\.toml changed significantly since poetry\.lock.{0,40})",
        r"(?P<detail>poetry\.lock is not (?:compatible|up to date).{0,60})",
        r"(?P<detail>lock file is not compatible with .{1,60})",
        r"(?P<detail>[Tt]he lockfile at `?uv\.lock`? needs to be updated)",
        r"(?P<detail>Unable to find lockfile at .{1,60}|(?:Pipfile|poetry)\.lock not"
        r" found)",
        r"(?P<detail>Your Pipfile\.lock .{0,60}out of date)",
        r"The user requested (?P<detail>.{1,120})",
        r"(?P<detail>supported Python range .{1,80}is not compatible.{0,60})",
        r"(?P<detail>UnsatisfiableError: .{1,100}|LibMambaUnsatisfiableError: "
        r".{1,100})",
    ),
    rule(
        "python_requirements_invalid",
        r"(?P<detail>Hashes are required in --require-hashes mode)",
        r"(?P<detail>[Ii]nvalid (?:requirement|wheel filename).{0,120})",
        r"(?P<detail>\S{1,100} is not a valid (?:editable requirement|wheel filename))",
        r"(?P<detail>Directory '.{1,120}' is not installable.{0,60})",
        r"(?P<detail>(?:does not appear to be a Python project|"
        r"neither 'setup\.py').{0,60})",
        r"(?P<detail>Invalid constraint.{0,100}|In --require-hashes mode.{0,80})",
        r"(?P<detail>TOMLDecodeError: .{1,100}|Invalid TOML file .{1,100})",
        r"(?P<detail>Double requirement given: .{1,100}|Invalid pyproject.{0,100})",
        r"(?P<detail>Failed to parse:? .{0,40}(?:pyproject|requirements).{0,60})",
    ),
    rule(
        "python_requirements_invalid",
        r"Could not open requirements file: .{0,80}: '"
        r"(?P<detail>(?:[^'\n]{0,100}/)?(?:base|common|core|shared|main)\.(?:txt|in))'",
    ),
    rule(
        "python_requirements_invalid",
        r"Could not open requirements file: .{0,80}: '(?P<detail>[^'\n]{1,120})'",
        beside=IMAGE_BUILD,
    ),
    rule(
        "path_missing",
        r"Could not open (?:requirements|constraints?) file: .{0,80}: '"
        r"(?P<path>[^'\n]{1,120})'",
    ),
    rule(
        "python_hash_mismatch",
        r"DO NOT MATCH THE HASHES[^\n]{0,400}\n {0,8}(?P<detail>[\w.=\[\]-]{1,100})",
        r"Hash mismatch for|not found in\s{1,9}known hashes|does not match any of the "
        r"known hashes",
    ),
    rule(
        "build_tools_missing",
        r"fatal error: (?P<detail>[\w./+-]{1,80}): No such file or"
        r" directory\n[ \d]{1,30}\| ?# ?include <",
        r"fatal error: (?P<detail>Python\.h|libpq-fe\.h|mysql\.h|ffi\.h): No such file",
        rf"fatal error: (?P<detail>{_LIBRARY_HEADER}): No such file",
        r"fatal error: '(?P<detail>[\w./+-]{1,80})' file not found",
        r"Can't find the '(?P<detail>[\w./-]{1,60}\.h)' ?header|(?P<tool>mkmf\.rb) "
        r"can't"
        r" find header files",
        r"Can't find the '(?P<path>[\w./-]{1,60}\.h) header",
        r"gyp ERR! stack Error: not found: (?P<detail>make|g\+\+|gcc|cc)\b",
        r"(?P<detail>Can't find Python executable|Could not find any Python install)",
        r"(?P<detail>pg_config executable not found|mysql_config: .{0,20}not found)",
        r"unable to execute '(?P<detail>[\w.+-]{1,60})': No such file",
        r"error: command '(?P<detail>[\w./+-]{1,80}(?:gcc|cc|g\+\+))' failed: No such",
        r"error: linker `(?P<detail>\w{1,20})` not found|Unknown compiler\(s\)",
        r"Failed to find (?P<detail>Rust compiler|libxml2|ffi).{0,40}",
        r"(?P<detail>[Cc]an't find Rust compiler|Microsoft Visual C\+\+"
        r" .{0,20}required)",
        unless=IMAGE_BUILD,
    ),
    rule(
        "python_package_build_failed",
        r"Failed (?:building wheel|to build installable wheels) for "
        r"(?P<detail>\S{1,80})",
        r"(?:Failed to build(?! gem)|Could not build wheels for) "
        r"(?P<detail>[`\w.,=-]{1,80})",
        r"metadata-generation-failed|subprocess-exited-with-error|"
        r"legacy-install-failure",
        r"Getting requirements to build wheel did not run|python setup\.py egg_info",
        r"(?<!\S)(?P<detail>\S{1,80}) is not a supported wheel on this platform",
        r"Package '(?P<detail>.{1,80})' requires a different Python",
        r"ChefBuildError|PEP517 build of a dependency failed",
        r"^ {0,12}error: command '.{0,120}(?:gcc|cc|g\+\+|clang)' failed(?: with exit|:"
        r" No such file)",
        r"Cython\.Compiler\.Errors|error: can't find Rust|Error compiling Cython file",
    ),
    rule(
        "build_language_unsuitable",
        *_OTHER_PYTHON,
        beside=IMAGE_BUILD,
    ),
    rule("language_unsuitable", *_OTHER_PYTHON),
    rule(
        "python_requirement_unavailable",
        r"No matching distribution found for (?P<detail>[^\s(]{1,100})",
        r"Could not find a version that satisfies the requirement "
        r"(?P<detail>[^\s(]{1,100})",
        r"(?P<detail>(?:PackagesNotFoundError|ResolvePackageNotFound): .{1,100})",
        r"git checkout -q (?P<detail>\S{1,60}).{0,40}(?:did not run|Check the logs)",
        r"Unable to find installation candidates for (?P<detail>\S{1,80})",
        r"(?<!\S)(?P<detail>[\w.-]{1,80}) was not found in the package registry",
    ),
    rule(
        "python_environment_managed",
        r"(?P<detail>externally-managed-environment|See PEP 668|"
        r"--break-system-packages)",
        r"(?P<detail>Could not find an activated virtualenv|"
        r"No virtual environment found)",
    ),
    rule(
        "python_installation_broken",
        r"(?P<detail>ensurepip is not\savailable)",
        r"(?P<detail>No module named (?:pip|venv|ensurepip|virtualenv|distutils)\b)",
        r"(?P<detail>Cannot uninstall '?.{1,80}(?:distutils|RECORD file).{0,40})",
        r"(?P<detail>SSL module is not available|"
        r"bad interpreter: .{0,80}python\S{0,20})",
        unless=IMAGE_BUILD,
    ),
)
