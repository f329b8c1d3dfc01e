"""What the package managers of the operating system say: apt, dpkg, dnf, yum, apk."""

from deployments.diagnosis.model import configuration, external, in_code, rule

FAILURES = (
    external(
        "package_manager_locked",
        "Another package installation is running",
        "Another process holds the lock of the package manager[: {detail}].",
        "Wait until it has ended (often unattended upgrades), then retry.",
    ),
    external(
        "package_manager_broken",
        "The server's packages are in a broken state",
        "The package manager of the server cannot work[: {detail}].",
        "Repair the packages or their sources on the server, then retry.",
    ),
    external(
        "package_mirror_unreachable",
        "A package mirror does not deliver",
        "A mirror of system packages cannot be reached or delivers wrong data[:"
        " {detail}].",
        "Check the server's network and the mirror; then retry.",
        probe="name_resolution",
    ),
    external(
        "package_lists_outdated",
        "The package lists are outdated",
        "The mirror no longer has a package file that the server's lists name.",
        "Update the package lists (apt-get update) on the server, then retry.",
    ),
    external(
        "package_signature",
        "A package source cannot be verified",
        "The server cannot verify the signature of a package source[: {detail}].",
        "Install the source's current signing key on the server, then retry.",
        probe="clock",
    ),
    in_code(
        "build_package_signature",
        "A package source in the Dockerfile cannot be verified",
        "A package source that the Dockerfile adds is signed with a key it does not"
        " bring[: {detail}].",
        "Update the signing key in the Dockerfile, push, and use Redeploy.",
    ),
    configuration(
        "package_release_unknown",
        "The mirror has no such release",
        "The package sources name a release that the mirror does not have[: {detail}].",
        "Correct the release name in the package sources.",
    ),
    in_code(
        "build_release_gone",
        "The base image's release is no longer served",
        "The package mirror no longer serves the release of the base image[:"
        " {detail}].",
        "Build on a supported base image, push, and use Redeploy.",
    ),
    configuration(
        "package_unknown",
        "A system package does not exist",
        "There is no system package[ {detail}] for this server.",
        "Correct the package's name or version in the commands.",
    ),
    in_code(
        "build_package_unknown",
        "A system package in the build does not exist",
        "The build installs a system package[ {detail}] that does not exist.",
        "Correct the package's name or version, push, and use Redeploy.",
    ),
)

_UNKNOWN_PACKAGE = (
    r"Unable to locate package (?P<detail>\S{1,100})",
    r"Package '?(?P<detail>[^' \n]{1,100})'? has no installation candidate",
    r"Version '(?P<detail>[^'\n]{1,60})' for '.{1,60}' was not found",
    r"Couldn't find any package by (?:glob|regex) '(?P<detail>[^'\n]{1,100})'",
    r"(?:No match for argument|Unable to find a match|No package):? "
    r"(?P<detail>\S{1,100})",
    r"^ {2}(?P<detail>\S{1,60}) \(no such package\)",
    r"No package (?P<detail>\S{1,60}) available",
)
_MISSING_RELEASE = (
    r"The repository '(?P<detail>[^'\n]{1,160})' (?:does not have|"
    r"no longer has) a Release",
)
_UNSIGNED = (
    r"(?P<detail>(?:NO_PUBKEY|EXPKEYSIG|KEYEXPIRED|BADSIG|REVKEYSIG) \w{1,40})",
    r"The repository '(?P<detail>[^'\n]{1,160})' is (?:not|no longer) signed",
    r"signatures? (?:couldn't be verified|(?:was|were) invalid)|GPG (?:check FAILED|"
    r"error)",
    r"UNTRUSTED signature|BAD signature",
)
#: The distribution's own archive, in whose keys no Dockerfile has a part.
_OWN_ARCHIVE = r"GPG error: https?://[^/\s]{1,100}/(?:debian|ubuntu)(?:-security)? "

RULES = (
    rule(
        "package_manager_locked",
        r"Could not get lock (?P<detail>\S{1,120})",
        r"Unable to (?:acquire|lock) the (?:dpkg frontend|administration|"
        r"list)(?!.{0,80}root)",
        r"(?:another process|Another app) .{0,60}(?:lock|package)",
        r"(?:Unable to lock database|Waiting for cache lock|dpkg frontend lock was"
        r" locked)",
        unless=r"are you root\?",
    ),
    rule(
        "package_manager_broken",
        r"(?P<detail>dpkg was interrupted.{0,100})",
        r"(?P<detail>The list of sources could not be read)",
        r"(?P<detail>Malformed entry \d{1,5} in .{1,120})",
        r"(?P<detail>Sub-process \S{1,60} returned an error code.{0,20})",
        r"(?P<detail>dpkg: error processing .{1,120})",
        r"(?P<detail>rpmdb.{0,80}(?:corrupt|damaged|failed).{0,40})",
        r"(?P<detail>you have held broken packages|unmet dependencies)",
        r"(?P<detail>Conflicting values set for option .{1,120})",
        r"(?P<detail>The package .{1,60}needs to be reinstalled)",
        r"(?P<detail>The package cache file is corrupted)",
        r"(?P<detail>Repository '.{1,120}' changed its '\w{1,20}' value.{0,60})",
        r"E: (?P<detail>Type '.{1,40}' is not known on line .{1,80})",
    ),
    rule(
        "package_mirror_unreachable",
        r"(?P<detail>Temporary failure resolving .{1,100}|"
        r"Could not resolve '.{1,100}')",
        r"(?P<detail>Could not (?:connect to|handshake).{1,120})",
        r"(?P<detail>(?:Unable to connect to|Cannot initiate the connection to)"
        r" .{1,120})",
        r"(?P<detail>Hash Sum mismatch|File has unexpected size|"
        r"Mirror sync in progress)",
        r"(?P<detail>Certificate verification failed.{0,80})",
        r"(?P<detail>Release file for \S{1,120} is expired)",
        r"(?P<detail>Connection (?:failed|timed out)) \[IP",
        r"(?P<detail>Clearsigned file isn't valid.{0,80}|DNS: transient error|"
        r"DNS lookup error|network error \(check Internet connection)",
        r"^(?:.{0,20} )?E: Failed to fetch \S{1,200} {1,2}(?P<detail>5\d\d|4(?:01|03|"
        r"07|29)\b)",
        r"(?P<detail>(?:Undetermined Error|Error reading from server|"
        r"Connection reset).{0,60}) \[IP",
        r"(?P<detail>Cannot find a valid baseurl for repo.{0,60})",
        r"(?P<detail>Failed to download metadata for repo.{0,60})",
        r"(?P<detail>(?:WARNING|ERROR): .{0,120}temporary error \(try again later\))",
        r"(?P<detail>All mirrors were (?:already )?tried.{0,60}|"
        r"No more mirrors to try)",
        beside=(
            r"^(?:.{0,24} )?(?:[EW]|Err:\d{1,4}|Ign:\d{1,4})[: ]|\b(?:apt|dnf|yum|"
            r"apk)\b|alpine|repo"
        ),
        unless=r"npm (?:ERR|error)|git clone",
    ),
    rule(
        "package_mirror_unreachable",
        r"^(?P<detail>Ign:1 https?://\S{1,120} .{1,60})\n(?:Ign:.{1,160}\n){1,40}?"
        r"Ign:1 ",
        unless=r"^(?:Get|Hit|Err):\d",
    ),
    rule("build_package_unknown", *_UNKNOWN_PACKAGE, steps="build"),
    rule("package_unknown", *_UNKNOWN_PACKAGE),
    rule("build_release_gone", *_MISSING_RELEASE, steps="build"),
    rule("package_release_unknown", *_MISSING_RELEASE),
    rule(
        "package_release_unknown",
        r"E: Failed to fetch (?P<detail>\S{1,120}/dists/\S{1,120}) {1,2}404",
        r"release '(?P<detail>[^'\n]{1,60})' .{0,60}(?:not found|not available)",
    ),
    rule(
        "package_lists_outdated",
        r"E: Failed to fetch \S{1,200} {1,2}404",
        r"maybe run apt-get update or try with --fix-missing",
    ),
    rule("build_package_signature", *_UNSIGNED, steps="build", unless=_OWN_ARCHIVE),
    rule("package_signature", *_UNSIGNED),
    rule(
        "package_manager_broken",
        r"^E: (?P<detail>Some index files failed to download)",
    ),
)
