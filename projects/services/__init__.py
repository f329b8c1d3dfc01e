"""Every change to people, projects, environments and servers, with its audit entry.

All of them ask first whether the caller may, and raise ``PermissionMissing``; then they
validate, and raise ``InvalidInput`` with the sentences of each field. What an operator
does on the console's own machine, to the keys of stored secrets, asks nobody.
"""

from projects.services.environments import change_environment, create_environment
from projects.services.people import (
    LastOwner,
    change_organization,
    create_organization,
    remove_member,
    remove_project_member,
    set_member,
    set_project_member,
)
from projects.services.projects import (
    change_project,
    create_project,
    generate_deploy_key,
    remove_deploy_key,
)
from projects.services.rotation import (
    Tally,
    add_encryption_key,
    rotate_secrets,
    survey_secrets,
)
from projects.services.servers import (
    KeyStored,
    change_server,
    create_server,
    generate_server_key,
)
from projects.services.unreadable import (
    Unreadable,
    renew_fingerprint_keys,
    unreadable_secrets,
    visible_among,
)
from projects.services.variables import remove_variable, set_variable

__all__ = [
    "KeyStored",
    "LastOwner",
    "Tally",
    "Unreadable",
    "add_encryption_key",
    "change_environment",
    "change_organization",
    "change_project",
    "change_server",
    "create_environment",
    "create_organization",
    "create_project",
    "create_server",
    "generate_deploy_key",
    "generate_server_key",
    "remove_deploy_key",
    "remove_member",
    "remove_project_member",
    "remove_variable",
    "renew_fingerprint_keys",
    "rotate_secrets",
    "set_member",
    "set_project_member",
    "set_variable",
    "survey_secrets",
    "unreadable_secrets",
    "visible_among",
]
