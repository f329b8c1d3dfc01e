"""What a well-formed value looks like: pure rules, no framework.

Each ``check_…`` returns nothing or raises ``ValueError`` with a sentence for people.
The doors use them when a value is entered, the engine again when it is used.
"""

from projects.syntax.docker import (
    check_image,
    check_network,
    check_ports,
    check_registry,
    check_volumes,
)
from projects.syntax.git import (
    GitAddress,
    check_branch,
    check_commit,
    check_git_url,
    git_address,
    git_origin,
)
from projects.syntax.git_hosts import check_git_host, check_git_host_at
from projects.syntax.hosts import (
    MAX_USERNAME,
    check_health_check_host,
    check_health_check_url,
    check_host,
    check_host_key,
    check_systemd_unit,
    check_username,
    host_key_fingerprint,
)
from projects.syntax.lines import (
    tidy_path,
    tidy_ports,
    tidy_shared_paths,
    tidy_volumes,
)
from projects.syntax.paths import (
    application_logs,
    check_application_logs,
    check_deploy_path,
    check_new_deploy_path,
    check_relative_path,
    check_shared_paths,
    lie_in_one_another,
)
from projects.syntax.text import (
    SHELL_VARIABLES,
    check_command,
    check_plain_text,
    check_prose,
    check_variable_name,
    check_variable_value,
    is_disguised,
    visible,
)

__all__ = [
    "MAX_USERNAME",
    "SHELL_VARIABLES",
    "GitAddress",
    "application_logs",
    "check_application_logs",
    "check_branch",
    "check_command",
    "check_commit",
    "check_deploy_path",
    "check_git_host",
    "check_git_host_at",
    "check_git_url",
    "check_health_check_host",
    "check_health_check_url",
    "check_host",
    "check_host_key",
    "check_image",
    "check_network",
    "check_new_deploy_path",
    "check_plain_text",
    "check_ports",
    "check_prose",
    "check_registry",
    "check_relative_path",
    "check_shared_paths",
    "check_systemd_unit",
    "check_username",
    "check_variable_name",
    "check_variable_value",
    "check_volumes",
    "git_address",
    "git_origin",
    "host_key_fingerprint",
    "is_disguised",
    "lie_in_one_another",
    "tidy_path",
    "tidy_ports",
    "tidy_shared_paths",
    "tidy_volumes",
    "visible",
]
