"""Bundlers, compilers, linters and test runners: their options and settings files.

A settings file that the command names and nobody has is the environment's mistake;
a settings file that is there and wrong belongs to the commit.
"""

from deployments.diagnosis.model import configuration, in_code, rule

FAILURES = (
    in_code(
        "tool_settings_invalid",
        "A settings file in the repository is wrong",
        "A tool cannot use its settings file in the repository[: {detail}].",
        "Correct the settings file (or add the missing one), push, and use Redeploy.",
    ),
    configuration(
        "tests_not_found",
        "The command finds no tests",
        "The command selects no tests at all[: {detail}].",
        "Correct the command's path or filter in the environment's settings.",
    ),
)

_SETTINGS_MISSING = (
    r"Could not resolve \"(?P<path>/[^\"\n]{1,160})\"\n{1,3}failed to load config",
    r"failed to load config from (?P<path>(\S{1,160}))\n(?:[^\n]{0,80}\n){0,2}"
    r"Error: (?:ENOENT|Cannot find module '\2')",
    r"Failed to load '(?P<path>[^'\n]{1,160})' config\n[^\n]{0,60}\n?[^\n]{0,60}"
    r"Cannot find module '[^'\n]{0,160}' imported from [^\n]{0,120}webpack-cli",
    r"at require \(node:[^\n]{1,80}\n[^\n]{0,20}at loadConfigByPath",
    r"Cannot find module '(?P<path>/[^'\n]{1,160})' imported from [^\n]{0,160}/"
    r"(?:rollup|webpack-cli|vite|postcss-cli|loadConfigFile)[\w./-]{0,80}",
    r"ENOENT: [^\n]{1,60}'(?P<path>[^'\n]{1,160})'\n(?:[^\n]{0,120}\n)?"
    r"[^\n]{0,20}at (?:async )?loadConfigFile",
    r"Cannot read config file: (?P<path>\S{1,160})\nError: ENOENT",
    r"error TS50(?:58|57|81): .{0,80}'(?P<path>[^'\n]{1,160})'",
    r"^error TS6053: File '(?P<path>[^'\n]{1,120}tsconfig[^'\n]{0,40})' not found\.$",
    r"Can't find a root directory while resolving a config file path\.\n"
    r"Provided path to resolve: (?P<path>\S{1,160})",
    r"Could not find a config file based on provided values:\n"
    r"path: \"(?P<path>[^\"\n]{1,160})",
    r"^ERROR: (?:Config file|Directory) '(?P<path>[^'\n]{1,160})' not found\. Check",
    r"^ERROR: file or directory not found: (?P<path>\S{1,160})",
    r"^Error reading (?P<path>\S{1,160}\.s[ac]ss): no such file",
    r"File '(?P<path>[^'\n]{1,160})' not found\.\n[^\n]{0,80}\n {1,8}Root file "
    r"specified for compilation",
)

RULES = (
    rule("path_missing", *_SETTINGS_MISSING),
    rule(
        "command_usage",
        r"CACError: (?P<detail>.{1,100})",
        r"\[webpack-cli\] .{0,4}(?:Error: )?(?P<detail>(?:Unknown (?:option|command|"
        r"argument)|Invalid value) .{1,80})",
        r"^error TS(?:5023|5025|6044|6045|6046|6064|5093|5094): (?P<detail>.{1,100})",
        r"Invalid (?:build |transform |serve )?flag: (?P<detail>\"--?[\w:-]{1,40})",
        r"Unrecognized (?:CLI|option) Parameter.{0,4}:\n{1,3}"
        r"(?: {1,4}(?P<detail>.{1,80}))?",
        r"^Invalid value for option (?P<detail>'.{1,80})",
        r"^\u2718 \[ERROR\] (?P<detail>Invalid (?:target|value) \".{1,80})",
        r"(?P<detail>Failed to load custom Reporter from .{1,60})",
        r"^Invalid option (?P<detail>'-{1,2}[\w-]{1,40}')",
        r"^ERROR: (?P<detail>Wrong expression passed to '-[km]'.{1,80})",
        r"^pytest: error: (?P<detail>(?!.{0,200}\n {2}inifile: /).{1,100})",
        r"^ERROR: (?P<detail>Error importing plugin \"[\w.-]{1,60})",
    ),
    rule(
        "tests_not_found",
        r"^ERROR: not found: (?P<detail>\S{1,160}::\S{1,80})",
        r"^filter: {1,4}(?P<detail>.{1,60})\n(?:.{0,400}\n){1,6}?No test files found",
        r"^No files matching (?:the pattern )?(?P<detail>['\"].{1,80}['\"])",
        r"^Pattern: (?P<detail>.{1,60}) - 0 matches",
        r"^Error: No test files found: (?P<detail>.{1,80})",
        r"collected \d{1,6} items? / (?P<detail>\d{1,6} deselected) / 0 selected",
    ),
    rule("tests_not_found", r"^(?:={1,70} )?no tests ran in", exit_codes=(5,)),
    rule(
        "tool_settings_invalid",
        r"(?P<detail>config must export or return an (?:object|array).{0,40})",
        r"(?P<detail>Invalid configuration object\..{0,120})",
        r"ConfigError: (?P<detail>.{1,120})",
        r"(?P<detail>Key \"(?:rules|plugins|extends|languageOptions)\": .{1,100})",
        r"(?P<detail>ESLint (?:couldn't|could not) find .{1,80}|"
        r"No ESLint configuration found.{0,60})",
        r"(?P<detail>Failed to load (?:plugin|config|parser) .{1,100})",
        r"(?P<detail>Definition for rule .{1,60} not found)",
        r"(?P<detail>ESLint configuration in .{1,80} is invalid)",
        r"\u25cf (?P<detail>Validation (?:Error|Warning)):",
        r"(?P<detail>Preset .{1,80} not found\.)",
        r"\[BABEL\].{0,160}(?P<detail>Unknown option: .{1,60})",
        r"(?P<detail>Cannot find (?:preset|plugin) '[^'\n]{1,60}')",
        r"(?P<detail>error TS(?:5083|18003|5090|5069|5070|5095|5098): .{1,100})",
        r"(?P<detail>\w{0,40}[.\w]{1,40}\(\d{1,5},\d{1,5}\): error TS(?:5\d{3}|6\d{3}):"
        r" .{1,80})",
        r"^ERROR: (?P<detail>\S{1,160}:\d{1,5}: unexpected (?:line|value).{0,60})",
        r"^ERROR: (?P<detail>(?:Missing required plugins|\S{1,160}\.(?:toml|cfg|ini): )"
        r".{1,80})",
        r"^(?P<detail>ImportError while loading conftest .{1,120})",
        r"(?P<detail>'\w{1,60}' not found in `markers` configuration option)",
        r"^pytest: error: (?P<detail>.{1,100})\n {2}inifile: /",
        r"(?P<detail>No test files found|No tests found), exiting with code 1",
    ),
)
