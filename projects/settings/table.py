"""Every setting of an environment, in the order in which people see them.

A new one is an entry with ``since`` one more than SCHEMA, its column in ``models`` with
the migration, the field of the engine's ``Settings`` that reads it, and a sample of the
new schema in tests/deployments/frozen. All else is made from the entry; the page of the
documentation by ``python -m projects.settings.page > docs/settings.md``.
"""

from projects.settings.limits import HEALTH, LIMITS
from projects.settings.place import COMMANDS, PLACE
from projects.settings.runtimes import DOCKER, SHELL

SETTINGS = {
    setting.name: setting
    for setting in (*PLACE, *COMMANDS, *SHELL, *DOCKER, *HEALTH, *LIMITS)
}
#: Those that a release holds beside its variables.
FROZEN = {
    name: setting for name, setting in SETTINGS.items() if setting.since is not None
}
#: The number of the configurations frozen today.
SCHEMA = max(setting.since or 0 for setting in FROZEN.values())
