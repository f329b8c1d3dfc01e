"""Odoo: modules, data files and the registry."""

from deployments.diagnosis.model import configuration, in_code, rule, unknown

FAILURES = (
    in_code(
        "odoo_module_missing",
        "An Odoo module is missing or cannot be installed",
        "An Odoo module[ {detail}] is missing in the addons or cannot be installed.",
        "Add or repair the module (manifest, dependencies), push, and use Redeploy.",
    ),
    configuration(
        "odoo_standard_modules_missing",
        "Odoo does not find its own modules",
        "The database needs standard modules[ {detail}] that this Odoo does not find.",
        "Correct the addons path, or use the Odoo version of this database.",
    ),
    in_code(
        "odoo_python_dependency_missing",
        "A Python library of an Odoo module is missing",
        "An Odoo module needs the Python library[ {detail}] that the build does not"
        " install.",
        "Add it to requirements.txt, push, and use Redeploy.",
    ),
    in_code(
        "odoo_data_invalid",
        "A view or data file of an Odoo module is wrong",
        "A view or data file does not fit this Odoo or its modules[: {detail}].",
        "Correct the file (or the module's dependencies), push, and use Redeploy.",
    ),
    in_code(
        "odoo_model_invalid",
        "A model of an Odoo module is wrong",
        "A model or field of a module does not fit this Odoo[: {detail}].",
        "Correct the module, push, and use Redeploy.",
    ),
    configuration(
        "odoo_database_uninitialised",
        "The Odoo database was never initialized",
        "The configured database was never initialized with Odoo's base module.",
        "Initialize it (odoo -i base) or name the right database in the environment.",
        probe="database",
    ),
    configuration(
        "odoo_options_invalid",
        "Odoo's options are not accepted",
        "Odoo does not accept its options[: {detail}].",
        "Correct Odoo's command or configuration in the environment.",
    ),
    configuration(
        "odoo_time_limit",
        "Odoo's time limit was reached",
        "A request or scheduled job took longer than Odoo's configured limit allows[:"
        " {detail}].",
        "Raise limit_time_cpu and limit_time_real in Odoo's configuration (or shorten"
        " the job) and deploy again.",
    ),
    unknown(
        "odoo_report_failed",
        "A report could not be printed",
        "The program that prints reports (wkhtmltopdf) failed without saying why.",
        "Look at the server's memory and the report's page.",
        probe="memory",
    ),
)

_STANDARD = (
    r"base|web|mail|bus|account|sale|stock|purchase|product|crm|hr|project|website|"
    r"point_of_sale|mrp|contacts|calendar|portal|payment|utm|resource|uom|sales_team|"
    r"digest"
)

RULES = (
    rule(
        "odoo_python_dependency_missing",
        r"external dependency is not met: .{0,60}?(?P<detail>[\w.-]{1,60})\.?$",
        r"Python library not installed: (?P<detail>[\w.-]{1,60})",
        r"(?P<detail>lxml\.html\.clean) module is now a separate project",
    ),
    rule(
        "odoo_standard_modules_missing",
        rf"Some modules are not loaded.{{0,80}}\['(?P<detail>(?:{_STANDARD}))'",
    ),
    rule(
        "odoo_module_missing",
        r"Some modules (?:are not loaded|have inconsistent states).{0,80}\['"
        r"(?P<detail>[^'\n]{1,60})",
        r"[Mm]odule '?(?P<detail>\w{1,80})'?:? not (?:found in addons|installable)",
        r"[Mm]odule '?(?P<detail>\w{1,80})'?:? (?:not found|has no manifest|"
        r".{0,20}Unmet depend)",
        r"invalid module names, ignored: (?P<detail>[\w, ]{1,100})",
        r"depends on(?: the)? module ['\"](?P<detail>\w{1,80})['\"]",
        r"\b(?P<detail>\w{1,80}): (?:not installable, skipped|Unmet dependencies)",
        r"[Ii]nvalid version '.{1,40}'.{0,40}[Mm]odules? should have a version",
    ),
    rule("odoo_database_uninitialised", r"KeyError: 'ir\.http'"),
    rule(
        "odoo_database_uninitialised",
        r"[Dd]atabase \S{1,60} not initialized, you can force it",
        r"relation \"ir_module_module\" does not exist",
    ),
    rule(
        "odoo_data_invalid",
        r"(?P<detail>External ID not found in the system: [\w.]{1,100})",
        r"(?P<detail>No matching record found for external id .{1,100})",
        r"(?P<detail>XMLSyntaxError: .{1,100}|FileNotFoundError: File not found: "
        r".{1,100})",
        r"(?P<detail>odoo\.exceptions\.ValidationError: .{1,100})",
        r"(?P<detail>while parsing (?:file:?/{0,3})?\S{1,160}\.xml:\d{1,6})",
        r"(?P<detail>file \S{1,120} could not be processed)",
        r"(?P<detail>cannot be located in parent view|Invalid view .{0,20}definition)",
        r"(?P<detail>Error while (?:validating|parsing) .{0,20}view.{0,80})",
        r"(?P<detail>(?<!\w)ParseError: .{1,100})",
        r"(?P<detail>Field [`'\"]?\w{1,60}[`'\"]? does not exist"
        r"(?: in model .{1,40})?)",
        r"(?P<detail>Element odoo has extra content|.{0,20}did not validate"
        r" against.{0,60})",
        r"(?P<detail>No such file or directory: '\S{0,160}(?:addons|views|data|"
        r"security)/\S{1,80})",
        unless=r"[Pp]ermission denied",
    ),
    rule(
        "odoo_model_invalid",
        r"(?P<detail>Model '?[\w.]{1,80}'? inherits from non-existing model"
        r" '?[\w.]{1,80})",
        r"(?P<detail>Model '?[\w.]{1,80}'? does not exist in registry)",
        r"Field '?(?P<detail>[\w.]{1,80})'? with unknown comodel_name",
        r"(?P<detail>Invalid field '?[\w.]{1,80}'? (?:on|in) .{1,60})",
        r"(?P<detail>The _name attribute \S{1,60} is not valid|"
        r"Wrong @\w{1,20} on .{1,80})",
    ),
    rule(
        "odoo_model_invalid",
        r"^(?P<detail>KeyError: '[\w.]{1,60}')(?!\s{1,4}During handling)",
        beside=r"(?:odoo|openerp)/(?:fields|models|modules/registry)\.py",
    ),
    rule(
        "odoo_options_invalid",
        r"(?P<detail>option --[\w-]{1,40}: .{1,100})",
        r"odoo\S{0,10}: error: (?P<detail>.{1,100})",
        r"(?P<detail>does not seem to (?:be )?a valid .{0,20}[Aa]ddons.{0,40})",
        r"(?P<detail>Using the database user 'postgres' is a security risk)",
        r"(?P<detail>The config file .{1,100}doesn't exist.{0,40})",
        beside=r"(?i)odoo|openerp",
    ),
    rule(
        "odoo_options_invalid",
        r"in load_server_wide_modules\n[^\0]{0,400}?"
        r"(?P<detail>(?:ImportError|ModuleNotFoundError): .{1,80})",
    ),
    rule(
        "odoo_module_missing",
        r"[Mm]odule (?P<detail>\w{1,80}): Each \w{0,5}-?migration file must have",
        r"No module named 'odoo\.addons\.(?P<detail>\w{1,80})",
    ),
    rule(
        "odoo_time_limit",
        r"(?P<detail>virtual real time limit .{0,20}reached|CPU time limit exceeded)",
        r"(?P<detail>Worker(?:Cron|HTTP)? \(\d{1,8}\) timeout after \d{1,6}s)",
    ),
    rule("odoo_report_failed", r"Wkhtmltopdf failed"),
)

#: Asked last: Odoo prints it after any failure of such a module.
ENDS = (
    rule(
        "odoo_options_invalid",
        r"(?P<detail>forgot to add those addons in your addons_path)",
    ),
)
