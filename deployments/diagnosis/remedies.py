"""Which variable or setting of the environment a failure is about."""

import re

from deployments.diagnosis.catalogue import CATALOGUE

#: The setting whose value cannot work.
_SETTINGS = {
    "application_object_missing": "restart_command",
    "container_options_invalid": "docker_network",
    "deploy_path_overlaps": "deploy_path",
    "deploy_path_taken": "deploy_path",
    "git_branch_not_found": "git_branch",
    "health_check_config_invalid": "health_check_url",
    "image_not_found": "docker_image",
    "systemd_missing": "systemd_unit",
    "target_unavailable": "server",
    "unit_not_found": "systemd_unit",
}
#: The cause is a command of the settings; which one, the step says.
_OF_COMMANDS = frozenset(
    "command_not_found command_usage path_missing shell_not_bash".split()
)
_COMMANDS = {
    "build": "build_command",
    "release": "release_command",
    "activate": "restart_command",
    "check": "health_check_command",
    "finish": "after_command",
}
_VARIABLES = {"settings_module_missing": "DJANGO_SETTINGS_MODULE"}
_NAME = r"[A-Za-z_][A-Za-z0-9_]{0,127}"


def setting_of(code: str, step: str) -> str:
    """The name of a setting; empty when the failure is about none in particular."""
    if code in _OF_COMMANDS:
        return _COMMANDS.get(step, "")
    return _SETTINGS.get(code, "")


def variable_of(code: str, message: str) -> str:
    """The name of a variable, as the failure's sentence tells it; or nothing."""
    if code != "variable_missing":
        return _VARIABLES.get(code, "")
    before, _, after = CATALOGUE[code].sentence.partition("[ {detail}]")
    match = re.fullmatch(
        rf"{re.escape(before)} (?P<name>{_NAME}){re.escape(after)}", message
    )
    return match["name"] if match else ""
