"""The order in which rules are asked: the first that holds is the diagnosis.

Causes come before their consequences. A full disk or a missing right makes every
tool above it fail in its own words; a build summary only repeats that something
failed; and words like "connection refused" stand in many outputs that mean more.
"""

from deployments.diagnosis.areas import (
    applications,
    brokers,
    builds,
    commands,
    connection,
    databases,
    docker,
    environment,
    fallbacks,
    git,
    git_contents,
    node_packages,
    odoo,
    permissions,
    programs,
    python_packages,
    registry,
    resources,
    services,
    system_packages,
    transfers,
)
from deployments.diagnosis.model import Rule

RULES: tuple[Rule, ...] = (
    *builds.TESTS,
    *resources.RULES,
    *transfers.RULES,
    *connection.RULES,
    *git_contents.CAUSES,
    *git.RULES,
    *git_contents.RULES,
    *registry.RULES,
    *docker.RULES,
    *docker.COMPOSE_RULES,
    *system_packages.RULES,
    *programs.RULES,
    *permissions.CERTAIN,
    *python_packages.RULES,
    *node_packages.RULES,
    *builds.RULES,
    *environment.RULES,
    *odoo.RULES,
    *databases.RULES,
    *brokers.RULES,
    *services.RULES,
    *commands.RULES,
    *permissions.RULES,
    *applications.RULES,
    *applications.SERVICES,
    *services.HEALTH,
    *fallbacks.RULES,
)
