"""What an environment can be told: each setting described once, for whoever asks.

From it are made: the columns in ``models``, the form and its groups, the fieldsets of
the administration, the members of the API, what a release freezes and what is compared,
the labels on pages, and docs/settings.md.
"""

from projects.settings.choices import EnvironmentType, Runtime, UnitScope
from projects.settings.model import Group, Setting, ValueKind, grouped
from projects.settings.table import FROZEN, SCHEMA, SETTINGS

__all__ = [
    "FROZEN",
    "SCHEMA",
    "SETTINGS",
    "EnvironmentType",
    "Group",
    "Runtime",
    "Setting",
    "UnitScope",
    "ValueKind",
    "grouped",
]
