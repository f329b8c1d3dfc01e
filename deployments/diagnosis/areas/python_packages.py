"""What pip, poetry and uv say when Python packages cannot be installed."""

from deployments.diagnosis.areas.image_builds import IMAGE_BUILD
from deployments.diagnosis.model import external, in_code, rule

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
)

_PIP = (
    r"\bpip\b|\bpip3\b|[Pp][Yy][Pp][Ii]|/simple/|Could not find a version|Collecting |"
    r"\buv\b|conda"
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
        "path_missing",
        r"Invalid requirement: '(?P<path>[^'\n]{1,160})'\n.{0,10}Hint: It looks like a"
        r" path\. .{0,10}File '.{1,160}' does not exist",
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
)
