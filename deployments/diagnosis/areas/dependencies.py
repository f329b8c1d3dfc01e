"""Package managers of PHP, Ruby, Go, Rust and Java, and the languages themselves."""

from deployments.diagnosis.areas.image_builds import IMAGE_BUILD
from deployments.diagnosis.model import external, in_code, rule

FAILURES = (
    in_code(
        "dependencies_unresolvable",
        "Dependencies cannot be resolved",
        "The declared dependencies cannot be installed together[: {detail}].",
        "Correct the dependency files (and the lock file), push, and use Redeploy.",
    ),
    external(
        "language_unsuitable",
        "The server's language installation does not fit the project",
        "The project needs another version of its language, or an extension of it,"
        " than the server has[: {detail}].",
        "Install what it needs on the server, then retry.",
    ),
    in_code(
        "build_language_unsuitable",
        "The image's language installation does not fit the project",
        "The project needs another version of its language, or an extension of it,"
        " than the image has[: {detail}].",
        "Correct the Dockerfile (or the project's demand), push, and use Redeploy.",
    ),
    external(
        "package_source_auth_failed",
        "A package source does not accept the credentials",
        "A package source[ {host}] does not accept the credentials.",
        "Correct the credentials for that source, then retry.",
    ),
    external(
        "package_source_unreachable",
        "A package source cannot be reached",
        "A package source cannot be reached or is out of order[: {detail}].",
        "Check the server's network and the source's status, then retry.",
        probe="name_resolution",
    ),
)

_UNSUITABLE = (
    r"(?P<detail>requires (?:PHP extension )?ext-\w{1,30} .{0,60}missing.{0,40})",
    r"(?P<detail>the requested PHP extension \w{1,30} is missing.{0,40})",
    r"(?P<detail>requires php \S{1,40}.{0,20} but your php version.{0,60})",
    r"(?P<detail>your php version \(.{1,20}\) does not satisfy.{0,40})",
    r"(?P<detail>PDOException: could not find driver)",
    r"(?P<detail>Composer detected issues in your platform.{0,60})",
    r"(?P<detail>You must use Bundler \d.{0,60})",
    r"(?P<detail>Your Ruby version is .{1,80})",
    r"(?P<detail>requires [Rr]uby version .{1,80})",
    r"(?P<detail>go(?:\.mod)? requires go >= .{1,60}|go\.mod file indicates go "
    r".{1,60})",
    r"(?P<detail>(?:rustc|requires rustc) [\d.]{1,12} .{0,20}(?:not supported|or newer)"
    r".{0,40})",
    r"(?P<detail>(?:release version|invalid target release:) [\d.]{1,8}.{0,40})",
    r"(?P<detail>Could not determine java version from .{1,30})",
    r"(?P<detail>Unsupported class file major version \d{1,4})",
    r"(?P<detail>has been compiled by a more recent version of the Java Runtime)",
    r"(?P<detail>No interpreter found for Python .{1,40})",
    r"(?P<detail>Current Python version \(.{1,12}\) is not allowed by the "
    r"project.{0,20})",
    r"(?P<detail>No matching toolchains? (?:was )?found.{0,60})",
    r"(?P<detail>[Rr]equires (?:at least )?(?:JVM runtime|Java) (?:version "
    r")?\d.{0,60})",
)

RULES = (
    rule(
        "package_source_auth_failed",
        r"Authentication is required for (?:https?://)?(?P<host>[^/\s]{1,100})",
        r"Bad username or password for (?:https?://)?(?P<host>[^/\s]{1,100})",
        r"Could not authenticate against (?P<host>\S{1,100})",
        r"status code: 40[13], reason phrase|Received status code 40[13] from server",
        r"[Ii]nvalid credentials .{0,40}https?://(?P<host>[^/\s']{1,100})",
    ),
    rule(
        "package_source_unreachable",
        r"(?P<detail>Could not (?:reach host|fetch specs from) .{1,120})",
        r"(?P<detail>Gem::RemoteFetcher::FetchError.{0,120}|"
        r"Bundler::HTTPError.{0,120})",
        r"(?P<detail>Net::(?:OpenTimeout|ReadTimeout).{0,80})",
        r"(?P<detail>\"https?://\S{1,120}\" file could not be "
        r"(?:fully )?downloaded.{0,80})",
        r"(?P<detail>(?:Could|could) not (?:transfer artifact|GET 'http).{1,120})",
        r"(?P<detail>spurious network error|failed to download (?:from|"
        r"replaced source).{0,80})",
        r"(?P<detail>go: .{1,160}(?:dial tcp|i/o timeout|proxyconnect|"
        r"connection reset).{0,60})",
        r"(?P<detail>API (?:rate )?limit (?:exceeded|of \d{1,6}|\(.{1,20}\) is"
        r" exhausted).{0,80})",
        r"(?P<detail>failed to download `?https?://.{1,100}|"
        r"Unable to load the service index for source .{1,80})",
        r"(?P<detail>Could not (?:get resource|HEAD) 'http.{1,120})",
        r"(?P<detail>Could not determine the dependencies.{0,200}(?:timed out|"
        r"refused))",
    ),
    rule("build_language_unsuitable", *_UNSUITABLE, beside=IMAGE_BUILD),
    rule("language_unsuitable", *_UNSUITABLE),
    rule(
        "dependencies_unresolvable",
        r"(?P<detail>Your requirements could not be resolved to an installable set)",
        r"(?P<detail>[Ll]ock file .{0,60}(?:not up to date|"
        r"does not contain a compatible).{0,40})",
        r"(?P<detail>Could not find (?:gem|compatible versions for gem) .{1,100})",
        r"(?P<detail>Bundler could not find compatible versions)",
        r"(?P<detail>it could not be found in any version.{0,60}|Could not find "
        r"\S{1,60} "
        r"in any of the sources)",
        r"(?P<detail>lockfile can't be updated because frozen mode is set)",
        r"(?P<detail>Required package .{1,60} is not present in the lock file)",
        r"(?P<detail>Failed to build gem native extension)",
        r"(?P<detail>Your bundle only supports platforms .{1,100})",
        r"(?P<detail>You are trying to install in deployment mode after"
        r" changing.{0,40})",
        r"(?P<detail>The gemspec.{0,60}changed|Your lockfile .{0,60}(?:frozen|"
        r"missing).{0,40})",
        r"(?P<detail>An error occurred while installing \S{1,60} .{0,60})",
        r"(?P<detail>no required module provides package \S{1,120}|"
        r"missing go\.sum entry.{0,80})",
        r"(?P<detail>updates to go\.mod needed|cannot find (?:package|"
        r"module) .{1,100})",
        r"(?P<detail>no matching package named `.{1,60}` found|"
        r"failed to select a version.{0,80})",
        r"(?P<detail>Could not (?:find artifact|resolve all (?:files|"
        r"dependencies)) .{1,120})",
        r"(?P<detail>failed to parse manifest at .{1,100}|^ {1,4}--> "
        r"Cargo\.toml:\d.{0,20})",
        r"(?P<detail>errors parsing go\.mod|NU110[1-3]: .{1,100})",
        r"(?P<detail>Non-(?:readable|parseable) POM .{1,120})",
        r"(?P<detail>the lock file .{1,80}needs to be updated)",
    ),
)
