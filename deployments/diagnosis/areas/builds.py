"""Tests, compilers, bundlers and the package managers of other languages."""

from deployments.diagnosis.model import configuration, external, in_code, rule

FAILURES = (
    in_code(
        "tests_failed",
        "Tests fail",
        "Tests of this commit fail[: {detail}].",
        "Repair the code or the tests, push, and use Redeploy.",
    ),
    in_code(
        "compilation_failed",
        "The code does not compile",
        "The code does not compile[: {detail}].",
        "Repair the code, push, and use Redeploy.",
    ),
    in_code(
        "bundling_failed",
        "The assets cannot be bundled",
        "The bundler cannot build the assets[: {detail}].",
        "Repair the import or the setting of the bundler, push, and use Redeploy.",
    ),
    configuration(
        "bundling_entry_missing",
        "The bundler's entry file does not exist",
        "The command gives the bundler an entry file[ {path}] that does not exist.",
        "Correct the path in the environment's build command.",
    ),
    in_code(
        "dependencies_unresolvable",
        "Dependencies cannot be resolved",
        "The declared dependencies cannot be installed together[: {detail}].",
        "Correct the dependency files (and the lock file), push, and use Redeploy.",
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
    in_code(
        "makefile_invalid",
        "The Makefile is wrong",
        "The Makefile cannot be used[: {detail}].",
        "Repair the Makefile, push, and use Redeploy.",
    ),
    configuration(
        "make_target_missing",
        "The Makefile or its target does not exist",
        "The command asks for a Makefile or target[ {detail}] that does not exist.",
        "Correct the command or its directory in the environment's settings.",
    ),
)

TESTS = (
    rule(
        "tests_failed",
        r"^(?:={1,70} )?(?P<detail>\d{1,6} (?:failed|errors?)\b.{0,60}) in \d",
        r"^(?P<detail>\d{1,6} errors?)(?: (?:generated|during collection).{0,20})?$",
        r"^FAILED \((?P<detail>(?:failures|errors)=\d{1,6}.{0,60})\)",
        r"^FAILED (?P<detail>\S{1,160}::\S{1,100})",
        r"^(?:# )?Tests:? {1,10}(?P<detail>\d{1,6} failed.{0,60})",
        r"^(?:# |\u2139 )(?P<detail>fail [1-9]\d{0,5})$",
        r"^ {1,6}(?P<detail>\d{1,6} failing)$",
        r"^not ok \d{1,6} - (?P<detail>.{1,80})",
        r"^\d{1,6} examples?, (?P<detail>[1-9]\d{0,5} failures?)",
        r"^(?:FAILURES!|--- FAIL: |There w(?:as|ere) \d{1,6} (?:failure|error))",
        r"test result: FAILED|There are test failures|There were failing tests",
        r"^Tests run: .{0,40}(?:Failures: [1-9]|Errors: [1-9])",
        steps="build",
    ),
)

RULES = (
    rule(
        "bundling_entry_missing",
        r"ERROR in main\n.{0,40}Can't resolve '(?P<path>[^'\n]{1,120})'",
        r"Could not resolve entry module \(?\"?(?P<path>[^\"\n)]{1,120})",
        r"Cannot find (?:entry|input) file '?(?P<path>[^'\n]{1,120})",
    ),
    rule(
        "bundling_failed",
        r"(?P<detail>Can't resolve '[^'\n]{1,120}' in .{1,100})",
        r"(?P<detail>(?:Rollup failed|[Ff]ailed) to resolve (?:import|entry) .{1,120})",
        r"(?P<detail>Could not resolve \"[^\"\n]{1,120}\".{0,80})",
        r"(?P<detail>\"[^\"\n]{1,80}\" is not exported by .{1,120})",
        r"(?P<detail>Module (?:build failed|parse failed|not found).{0,120})",
        r"(?P<detail>(?:RollupError|CssSyntaxError|SassError|"
        r"Undefined variable)[: ].{1,120})",
        r"(?P<detail>Undefined variable\.|Can't find stylesheet to import)",
        r"\[vite:[\w:-]{1,40}\] (?P<detail>.{1,120})|Transform failed with \d",
        r"(?P<detail>digital envelope routines::unsupported|ERR_OSSL_EVP_UNSUPPORTED)",
        r"(?P<detail>Invalid configuration object\..{0,120})",
        r"^(?P<detail>webpack .{0,30}compiled with \d{1,5} errors?)",
    ),
    rule(
        "compilation_failed",
        r"(?P<detail>error TS\d{1,6}: .{1,120})",
        r"^Type error: (?P<detail>.{1,120})",
        r"^(?P<detail>[\w./-]{1,120}:\d{1,6}:(?:\d{1,5}:)? (?:fatal )?error: .{1,120})",
        r"(?P<detail>undefined reference to .{1,100})",
        r"(?P<detail>error\[E\d{4}\]: .{1,100}|could not compile `.{1,60}`)",
        r"(?P<detail>COMPILATION ERROR|Compilation failed; see the compiler error)",
        r"^(?P<detail>[\w./-]{1,100}\.go:\d{1,6}:\d{1,5}: .{1,120})",
        r"(?P<detail>CompileError: .{1,100}|error CS\d{4}: .{1,100})",
        r"Failed to compile\.?$|[\u2716\u00d7] \d{1,6} problems? \([1-9]",
        r"(?P<detail>PHP (?:Parse|Fatal) error: .{1,120})",
    ),
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
        r"(?P<detail>API rate limit (?:exceeded|of \d{1,6}).{0,80})",
        r"(?P<detail>Could not determine the dependencies.{0,200}(?:timed out|"
        r"refused))",
    ),
    rule(
        "dependencies_unresolvable",
        r"(?P<detail>Your requirements could not be resolved to an installable set)",
        r"(?P<detail>[Ll]ock file .{0,60}(?:not up to date|"
        r"does not contain a compatible).{0,40})",
        r"(?P<detail>Could not find (?:gem|compatible versions for gem) .{1,100})",
        r"(?P<detail>Bundler could not find compatible versions)",
        r"(?P<detail>Your bundle only supports platforms .{1,100})",
        r"(?P<detail>Your Ruby version is .{1,80})",
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
        r"(?P<detail>the lock file .{1,80}needs to be updated)",
    ),
    rule(
        "makefile_invalid",
        r"(?P<detail>\*\*\* (?:missing separator|commands commence|"
        r"unterminated).{0,80})",
        r"(?P<detail>No rule to make target .{1,80}needed by .{1,60})",
    ),
    rule(
        "make_target_missing",
        r"No rule to make target [`'‘](?P<detail>[^'’\n]{1,80})",
        r"No targets specified and no makefile found|make: .{1,80}: No such file",
    ),
)
