"""Building Python packages: compilers, headers, and the interpreter itself."""

from deployments.diagnosis.areas.image_builds import IMAGE_BUILD
from deployments.diagnosis.model import configuration, external, in_code, rule

FAILURES = (
    external(
        "build_tools_missing",
        "Compilers or headers are missing on the server",
        "The server lacks a compiler, header or library that the build needs[:"
        " {detail}].",
        "Install the development packages on the server, then retry.",
        probe="tools",
    ),
    in_code(
        "python_package_build_failed",
        "A Python package cannot be built",
        "A required Python package[ {detail}] cannot be built for this Python.",
        "Require a version with a ready wheel (or add what it is built with), push,"
        " and use Redeploy.",
    ),
    in_code(
        "python_requirement_unavailable",
        "A required Python package does not exist",
        "No index offers the required Python package[ {detail}] in that version.",
        "Correct the requirement, push, and use Redeploy.",
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

#: Headers of widespread libraries, which no repository brings.
_LIBRARY_HEADER = (
    r"(?:openssl|vips|libxml|libxslt|postgresql|mysql|mariadb|curl|boost|glib-2\.0|"
    r"glib|"
    r"cairo|pango|gdk|gtk|freetype2?|ImageMagick-\d|magick|sasl|jpeg|webp|zmq|event2?|"
    r"readline|ncurses|uuid|hdf5|gdal|geos)/[\w./-]{1,60}\.h(?:pp)?"
)

#: The version exists, but not for this Python.
_OTHER_PYTHON = (
    r"require a different python version: [^\n]{0,400}?(?P<detail>\b([\w.]{1,20}) "
    r"Requires-Python [^\n;]{1,30})[^\n]{0,400}\n(?:[^\n]{0,300}\n)?[^\n]{0,200}=="
    r"\2(?![\w.])",
)

RULES = (
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
