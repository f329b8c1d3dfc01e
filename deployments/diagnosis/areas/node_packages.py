"""What npm, yarn and pnpm say when JavaScript packages cannot be installed."""

from deployments.diagnosis.areas.image_builds import IMAGE_BUILD
from deployments.diagnosis.model import configuration, external, in_code, rule, unknown

FAILURES = (
    external(
        "npm_auth_failed",
        "The JavaScript registry does not accept the token",
        "The JavaScript package registry denies access: the token is missing or has no"
        " right.",
        "Correct the registry's token, then retry.",
    ),
    external(
        "npm_registry_unreachable",
        "The JavaScript registry cannot be reached",
        "The JavaScript package registry cannot be reached or is out of order[:"
        " {detail}].",
        "Check the server's network and the registry's status, then retry.",
        probe="name_resolution",
    ),
    external(
        "npm_download_damaged",
        "A JavaScript package arrived damaged",
        "A JavaScript package arrived damaged, or the registry serves another file"
        " than the lock file records.",
        "Clear the package cache and retry; if it happens again, renew the lock file.",
    ),
    external(
        "npm_directory_unusable",
        "npm cannot work in the directory as it is",
        "The directories on the server are in a state that npm cannot change[:"
        " {detail}].",
        "Remove node_modules there (nothing else may use it meanwhile), then retry.",
    ),
    in_code(
        "npm_package_unavailable",
        "A required JavaScript package does not exist",
        "The registry has no package[ {detail}] in the required version.",
        "Correct package.json and the lock file, push, and use Redeploy.",
    ),
    in_code(
        "npm_dependencies_conflict",
        "The JavaScript dependencies do not fit together",
        "The dependencies in package.json contradict each other[: {detail}].",
        "Resolve the conflict in package.json, push, and use Redeploy.",
    ),
    in_code(
        "npm_lockfile_outdated",
        "The lock file does not fit package.json",
        "The lock file is missing, unreadable or does not fit package.json.",
        "Renew the lock file with the package manager's version in use, push, and use"
        " Redeploy.",
    ),
    in_code(
        "npm_manifest_invalid",
        "package.json is wrong",
        "The file package.json cannot be read[: {detail}].",
        "Correct package.json, push, and use Redeploy.",
    ),
    external(
        "node_version_unsupported",
        "Node.js on the server has the wrong version",
        "A package needs another version of Node.js than the server has[: {detail}].",
        "Install the required Node.js on the server, then retry.",
        probe="tools",
    ),
    configuration(
        "npm_script_missing",
        "A script is not in package.json",
        "The configured command names a script[ {detail}] that package.json does not"
        " have.",
        "Correct the command in the environment's settings.",
    ),
    in_code(
        "npm_addon_build_failed",
        "A native JavaScript package cannot be built",
        "A native JavaScript package cannot be built with the tools of this build.",
        "Use a version with a ready binary (or add what it is built with), push, and"
        " use Redeploy.",
    ),
    unknown(
        "npm_install_script_failed",
        "A package's install script failed",
        "The install script of a package[ {path}] failed; why is not said in a known"
        " way.",
        "Read the lines before it in the log.",
    ),
)

_NPM = r"npm (?:ERR!|error)"
_MANAGER = (
    rf"{_NPM}|\byarn(?:pkg)?\b|\bpnpm\b|PNPM|YN\d{{4}}|WARN .{{0,20}}GET https?|"
    r"\bbun\b|npm\.pkg\.github"
)
_NETWORK_CODE = (
    r"E(?:AI_AGAIN|CONNREFUSED|CONNRESET|TIMEDOUT|NOTFOUND|SOCKETTIMEDOUT|HOSTUNREACH|"
    r"NETUNREACH|PIPE|RR_SOCKET_TIMEOUT)"
)

_OTHER_NODE = (
    rf"{_NPM} (?:code )?EBAD(?:DEV)?ENGINES?\b",
    r"ERR_PNPM_UNSUPPORTED_ENGINE",
    r"Found incompatible module",
    r"(?P<detail>was compiled against a different Node\.js version)",
    r"The engine \"node\" is incompatible with this module.{0,80}",
    r"(?P<detail>Node\.js version .{0,80}(?:required|unsupported|"
    r"not supported).{0,40})",
    r"(?P<detail>requires (?:at least )?Node(?:\.js)? .{1,60})",
    r"(?P<detail>You are using Node\.js .{1,80}requires.{0,60})",
    r"version `(?P<detail>GLIBC_[\d.]{1,10})' not found \(required by \S{0,60}node",
    r"(?P<detail>Error: Cannot find module 'node:\w{1,30}')",
)

RULES = (
    rule(
        "npm_auth_failed",
        rf"{_NPM} (?:code )?(?:E401|E403|ENEEDAUTH|EOTP)\b",
        r"ERR_PNPM_FETCH_40[13]\b",
        r"Request failed \\?\"40[13] |authentication token not provided",
        r"YN0041|YN0033|(?:Response|Error): .{0,60}40[13] \((?:Unauthorized|Forbidden)",
        rf"{_NPM} .{{0,20}}(?:Unable to authenticate|Incorrect or missing password)",
        beside=_MANAGER,
    ),
    rule(
        "npm_download_damaged",
        rf"{_NPM} (?:code )?(?:EINTEGRITY|Z_BUF_ERROR|Z_DATA_ERROR|TAR_BAD_ARCHIVE)",
        r"ERR_PNPM_TARBALL_INTEGRITY|Integrity check failed for|YN0018|"
        r"ERR_PNPM_BAD_TARBALL",
        r"zlib: unexpected end of file|Invalid tar header|seems to be corrupted",
        beside=_MANAGER,
    ),
    rule(
        "npm_directory_unusable",
        rf"{_NPM} code (?P<detail>ENOTEMPTY|EEXIST|EBUSY|ENOTDIR|EISDIR|ETXTBSY)\b",
    ),
    rule(
        "npm_dependencies_conflict",
        rf"{_NPM} (?:code )?(?:ERESOLVE|EOVERRIDE|EBADPLATFORM)",
        r"ERR_PNPM_PEER_DEP_ISSUES|EPEERINVALID|"
        r"The platform .{1,20} is incompatible with this module",
        r"No matching version .{0,80}peer",
    ),
    rule(
        "npm_lockfile_outdated",
        r"can only install packages (?:when|with an existing)",
        r"ERR_PNPM_(?:OUTDATED_LOCKFILE|FROZEN_LOCKFILE|NO_LOCKFILE|LOCKFILE|"
        r"BROKEN_LOCK)",
        r"ERR_PNPM_LOCKFILE_\w{1,40}",
        r"lockfile needs to be updated|lockfile would have been (?:modified|created)",
        r"doesn't seem to be present in your lockfile",
        r"lockfile had changes, but lockfile is frozen|YN0028",
        r"package-lock\.json.{0,80}are in sync|npm-shrinkwrap\.json with"
        r" lockfileVersion",
        r"Run \"npm help ci\" for more info",
    ),
    rule(
        "npm_registry_unreachable",
        r"npm .{0,20}stack .{0,20}Error: (?P<detail>aborted|socket hang up)",
        r"(?P<detail>404 Not Found - GET \S{1,200}\.tgz)",
        r"ERR_PNPM_FETCH_404.{0,20}GET (?P<detail>\S{1,200}\.tgz)",
        r"(?P<detail>https?://\S{1,200}\.tgz: Request failed \\?\"404)",
    ),
    rule(
        "npm_package_unavailable",
        rf"{_NPM} .{{0,20}}No matching version found for (?P<detail>\S{{1,100}}?)\.?$",
        rf"{_NPM} 404 .{{0,10}}'(?P<detail>[^'\s]{{1,100}})' is not in",
        rf"{_NPM} (?:code )?(?:E404|ETARGET|ENOVERSIONS|EINVALIDPACKAGENAME)",
        r"ERR_PNPM_(?:FETCH_404|NO_MATCHING_VERSION\w{0,20}|NO_VERSIONS|"
        r"SPEC_NOT_SUPPORTED)",
        r"(?<!\S)(?P<detail>[\w@./-]{1,80}): No candidates found|YN0035|YN0082",
        r"https?://\S{1,200}: Not found\b|Request failed \\?\"404 ",
        rf"{_NPM} .{{0,20}}pathspec '(?P<detail>[^'\n]{{1,60}})' did not match",
        beside=_MANAGER,
    ),
    rule(
        "npm_package_unavailable",
        r"No version matching \"(?P<detail>[^\"\n]{1,80})\" found for specifier",
        r"error Couldn't find (?:any versions for|package) \""
        r"(?P<detail>[^\"\n]{1,100})\"",
    ),
    rule(
        "npm_manifest_invalid",
        rf"{_NPM} (?:code )?(?P<detail>EJSONPARSE|EUNSUPPORTEDPROTOCOL|"
        r"EINVALIDTAGNAME|EDUPLICATEWORKSPACE)",
        r"(?P<detail>ERR_PNPM_(?:BAD_PACKAGE_JSON|JSON_PARSE|INVALID_\w{1,30}))",
        r"(?P<detail>(?:Usage Error: )?The nearest package directory .{0,60})",
    ),
    rule(
        "npm_script_missing",
        r"Script not found \"(?P<detail>[^\"\n]{1,60})\"",
        r"Missing script: \"?(?P<detail>[^\"\s]{1,60})",
        r"ERR_PNPM_(?:NO_SCRIPT|RECURSIVE_EXEC_FIRST_FAIL|"
        r"RECURSIVE_RUN_NO_SCRIPT)\S{0,20}"
        r"(?:.{0,20}Missing script: (?P<detail>\S{1,60}))?",
        r"error Command \"(?P<detail>[^\"\n]{1,60})\" not found",
        r"Couldn't find a script named \"(?P<detail>[^\"\n]{1,60})\"",
        r"Unknown command: \"(?P<detail>[^\"\n]{1,60})\"",
        r"could not determine executable to run|npx canceled due to missing packages",
    ),
    rule("build_language_unsuitable", *_OTHER_NODE, beside=IMAGE_BUILD),
    rule("node_version_unsupported", *_OTHER_NODE),
    rule(
        "npm_registry_unreachable",
        rf"{_NPM} (?:code |errno )?(?P<detail>{_NETWORK_CODE}|E5\d\d|E429|"
        r"FETCH_ERROR|ENOTCACHED)\b",
        rf"{_NPM} (?:network|FetchError|.{{0,40}}network timeout)"
        rf"(?P<detail>.{{0,120}})",
        rf"{_NPM} .{{0,80}}(?P<detail>(?:\bE5\d\d\b|50\d ).{{0,80}})",
        r"ERR_PNPM_(?P<detail>META_FETCH_FAIL|FETCH_(?:5\d\d|429))",
        rf"GET https?://\S{{1,200}} error \((?P<detail>{_NETWORK_CODE}|"
        rf"ERR_\w{{1,40}})\)",
        r"error: (?P<detail>\w{1,30} downloading (?:package|tarball) .{1,60})",
        r"(?P<detail>There appears to be trouble with your network connection)",
        rf"error .{{0,200}}(?P<detail>{_NETWORK_CODE}|ESOCKETTIMEDOUT)\b.{{0,80}}",
        r"Request failed \\?\"(?P<detail>5\d\d .{0,60})",
        r"(?P<detail>SELF_SIGNED_CERT_IN_CHAIN|UNABLE_TO_\w{1,40}|CERT_HAS_EXPIRED|"
        r"DEPTH_ZERO_SELF_SIGNED_CERT|ERR_TLS_CERT_ALTNAME_INVALID)",
        r"(?P<detail>RequestError: .{1,120}|YN0001: .{0,60}(?:getaddrinfo|"
        r"connect).{0,80})",
        beside=_MANAGER,
    ),
    rule(
        "npm_addon_build_failed",
        r"gyp ERR! (?:find|stack|build|configure|not ok)|node-pre-gyp ERR!",
        r"prebuild-install .{0,80}No prebuilt binaries found",
    ),
    rule(
        "npm_install_script_failed",
        rf"{_NPM} path (?P<path>\S{{1,200}})\n.{{0,20}}{_NPM} command failed",
        r"(?P<path>node_modules/\S{1,80}): (?:Command failed|Failed)\b",
        unless=r"gyp ERR!|EACCES|ENOTFOUND|EAI_AGAIN|ECONN|ETIMEDOUT|MODULE_NOT_FOUND",
    ),
)
