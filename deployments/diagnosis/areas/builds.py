"""Tests, compilers, bundlers and make."""

from deployments.diagnosis.model import configuration, in_code, rule

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
        "makefile_invalid",
        "The Makefile is wrong",
        "The Makefile cannot be used[: {detail}].",
        "Repair the Makefile, push, and use Redeploy.",
    ),
    in_code(
        "build_plan_unknown",
        "The builder does not know how to build this repository",
        "The builder finds nothing in the repository that tells it how to build it[:"
        " {detail}].",
        "Add the files it looks for (or a Dockerfile), push, and use Redeploy.",
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
        r"^ {1,8}(?:Test Files|Tests) {1,4}(?P<detail>\d{1,6} failed.{0,60})",
        r"(?P<detail>Required test coverage of .{1,40}not reached.{0,40})",
        r"(?P<detail>coverage threshold for .{1,60}not met.{0,40})",
        r"^(?:FAILURES!|--- FAIL: |There w(?:as|ere) \d{1,6} (?:failure|error))",
        r"test result: FAILED|There are test failures|There were failing tests",
        r"^Tests run: .{0,40}(?:Failures: [1-9]|Errors: [1-9])",
        steps="build release check",
        unless=r"^\u2718 \[ERROR\] (?:Invalid|Could not resolve)",
    ),
)

RULES = (
    rule(
        "bundling_entry_missing",
        r"ERROR in main\n.{0,40}Can't resolve '(?P<path>[^'\n]{1,120})'",
        r"\[ERROR\] Could not resolve \"(?P<path>[^\"\n]{1,120})\"\n\n\d{1,4} errors?$",
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
        r"Error: Undefined variable)[: ].{1,120})",
        r"^Error: (?P<detail>.{1,120})\n {1,8}\u2577",
        r"^(?P<detail>Parse error at \S{1,100}:\d{1,6},\d{1,6})",
        r"(?P<detail>Undefined variable\.|Can't find stylesheet to import)",
        r"\[vite:[\w:-]{1,40}\] (?P<detail>.{1,120})|Transform failed with \d",
        r"(?P<detail>digital envelope routines::unsupported|ERR_OSSL_EVP_UNSUPPORTED)",
        r"\(in (?P<detail>/\S{1,160}\.(?:js|css|scss|sass|coffee|erb|ts))\)",
        r"(?P<detail>(?:Sprockets::\w{1,30}|ExecJS::ProgramError|SassC?::SyntaxError)"
        r".{0,100})",
        r"^(?:\u2718|\u00d7|X) \[ERROR\] (?P<detail>.{1,120})",
        r"(?P<detail>Error occurred prerendering page .{1,80}|Export encountered "
        r"errors)",
        r"(?P<detail>Failed to collect page data for .{1,80})",
        r"^(?P<detail>webpack .{0,30}compiled with \d{1,5} errors?)",
    ),
    rule(
        "compilation_failed",
        r"(?P<detail>error TS\d{1,6}: .{1,120})",
        r"^Type error: (?P<detail>.{1,120})",
        r"^(?P<detail>[\w./-]{1,120}:\d{1,6}:(?:\d{1,5}:)? (?:fatal )?error: .{1,120})",
        r"(?P<detail>undefined reference to .{1,100})",
        r"(?P<detail>error\[E\d{4}\]: .{1,100}|could not compile `.{1,60}`)",
        r"(?P<detail>COMPILATION ERROR|Compilation failed; see the compiler error|"
        r"Compilation failure$)",
        r"^(?:\[ERROR\] )?(?P<detail>\S{1,160}\.(?:java|kt|scala|cs):?[\[(]\d{1,6}[,:]"
        r"\d{1,5}.{1,120})",
        r"^(?P<detail>[\w./-]{1,100}\.go:\d{1,6}:\d{1,5}: .{1,120})",
        r"^(?P<detail>e: (?:file://)?\S{1,160}\.kts?:\d.{1,100}|"
        r"== Compilation error in file .{1,80})",
        r"(?P<detail>CompileError: .{1,100}|error CS\d{4}: .{1,100})",
        r"Failed to compile\.?$|[\u2716\u00d7] \d{1,6} problems? \([1-9]",
        r"(?P<detail>PHP (?:Parse|Fatal) error: (?!.{0,60}could not find "
        r"driver).{1,120})",
    ),
    rule(
        "build_plan_unknown",
        r"(?P<detail>Unable to select a buildpack|No buildpack groups passed "
        r"detection)",
        r"(?P<detail>No default language could be detected.{0,40})",
        r"(?P<detail>(?i:nixpacks|railpack).{0,20}(?:unable|could not|failed) .{0,20}"
        r"(?:generate a build plan|determine how to build).{0,40})",
        r"(?P<detail>App not compatible with buildpack.{0,80})",
    ),
    rule(
        "makefile_invalid",
        r"^\S{1,100}:\d{1,6}: \*\*\* (?P<detail>(?!.{0,80}\b(?:not set|undefined|not"
        r" defined|required)\b).{1,100})\.  Stop\.",
        r"(?P<detail>\*\*\* (?:missing separator|commands commence|"
        r"unterminated).{0,80})",
        r"^make\[\d{1,2}\]: \*\*\* (?P<detail>.{1,80}: No such file or directory|No"
        r" rule"
        r" to make target .{1,80}|No targets specified.{0,40})",
        r"^\S{1,80}:\d{1,6}: (?P<detail>\S{1,100}: No such file or directory\nmake)",
        r"(?P<detail>No rule to make target .{1,80}needed by .{1,60})",
    ),
    rule(
        "make_target_missing",
        r"No rule to make target [`'‘](?P<detail>[^'’\n]{1,80})",
        r"No targets specified and no makefile found",
        r"^make: (?:\*\*\* )?(?P<detail>.{1,80}): No such file or directory",
    ),
)
