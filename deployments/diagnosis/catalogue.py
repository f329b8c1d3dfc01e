"""All failures by code: the troubleshooting page, and what rules and engine name."""

from collections.abc import Mapping
from types import MappingProxyType

from deployments.diagnosis.areas import (
    app_servers,
    applications,
    brokers,
    builds,
    commands,
    connection,
    databases,
    dependencies,
    docker,
    downloads,
    engine,
    environment,
    fallbacks,
    foreign_ssh,
    frontend,
    git,
    git_contents,
    image_builds,
    node_packages,
    odoo,
    outside_services,
    permissions,
    programs,
    python_builds,
    python_packages,
    registry,
    resources,
    services,
    shells,
    ssh_login,
    system_packages,
    transfers,
    web_servers,
)
from deployments.diagnosis.model import Failure

#: The failures by heading, in the order in which a deployment can meet them.
AREAS: Mapping[str, tuple[Failure, ...]] = MappingProxyType(
    {
        "The console and its runs": engine.FAILURES,
        "The connection to the server": connection.FAILURES,
        "Keys and the log-in": ssh_login.FAILURES,
        "Other hosts that a command signs in to": foreign_ssh.FAILURES,
        "The server's resources": resources.FAILURES,
        "Rights on the server": permissions.FAILURES,
        "The Git host": git.FAILURES,
        "The repository": git_contents.FAILURES,
        "Transfers": transfers.FAILURES,
        "Downloads and proxies": downloads.FAILURES,
        "Programs": programs.FAILURES,
        "Shells": shells.FAILURES,
        "Commands": commands.FAILURES,
        "Shared files and variables": environment.FAILURES,
        "The container registry": registry.FAILURES,
        "Docker": docker.FAILURES,
        "Images built from the repository": image_builds.FAILURES,
        "System packages": system_packages.FAILURES,
        "Python packages": python_packages.FAILURES,
        "Building Python packages": python_builds.FAILURES,
        "JavaScript packages": node_packages.FAILURES,
        "Other languages' packages": dependencies.FAILURES,
        "Builds and tests": builds.FAILURES,
        "Settings of build tools": frontend.FAILURES,
        "Databases": databases.FAILURES,
        "Redis and message brokers": brokers.FAILURES,
        "Odoo": odoo.FAILURES,
        "Applications": applications.FAILURES,
        "Services on the network": outside_services.FAILURES,
        "Application servers": app_servers.FAILURES,
        "Web servers": web_servers.FAILURES,
        "Services and health": services.FAILURES,
        "The network": fallbacks.FAILURES,
    }
)

CATALOGUE: Mapping[str, Failure] = MappingProxyType(
    {entry.code: entry for failures in AREAS.values() for entry in failures}
)
