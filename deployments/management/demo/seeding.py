"""The demo's rows, made by the services that people use too; each only if missing."""

import socket
from dataclasses import dataclass
from typing import Any

from deployments.engine import ssh
from deployments.management.demo import repository
from deployments.management.demo.folder import PROJECT, DemoFolder
from projects import services
from projects.models import Organization, Project, Server, User
from projects.models.people import OrganizationRole

ORGANIZATION = "The Corner Bakery"
SERVER = "sandbox"
SSH_PORT = 2222
PORTS_TRIED = 200


@dataclass(frozen=True, slots=True)
class Place:
    """An environment; ``distance``: from the console's port to the site's."""

    name: str
    greeting: str
    distance: int


PLACES = (
    Place("production", "Good morning from the corner bakery", distance=1),
    Place("staging", "Only a rehearsal of the corner bakery", distance=2),
)


def seed(folder: DemoFolder, *, console_port: int) -> Project:
    """Make whatever is missing, with dora as the one who made it."""
    dora = User.objects.get(username="dora")
    organization = _organization(dora)
    if not folder.repository.exists():
        repository.create(folder.repository)
    server = _server(organization, folder, dora)
    project = _project(organization, folder, dora)
    for place in PLACES:
        if not project.environments.filter(name=place.name).exists():
            port = free_port(console_port + place.distance)
            deploy_path = str(folder.deploy_path(place.name))
            _environment(place, project, server, deploy_path, port, dora)
    return project


def free_port(preferred: int) -> int:
    """``preferred`` or the next port on which nobody listens."""
    for port in range(preferred, preferred + PORTS_TRIED):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
        return port
    raise OSError(f"no port is free from {preferred} on")


def _organization(owner: User) -> Organization:
    known = Organization.objects.filter(name=ORGANIZATION).first()
    if known:
        return known
    organization = services.create_organization(name=ORGANIZATION, by=owner)
    for username, role in (
        ("alice", OrganizationRole.MEMBER),
        ("bob", OrganizationRole.VIEWER),
    ):
        user = User.objects.get(username=username)
        services.set_member(organization, user=user, role=role, by=owner)
    return organization


def _project(organization: Organization, folder: DemoFolder, by: User) -> Project:
    known = organization.projects.filter(name=PROJECT).first()
    return known or services.create_project(
        organization, by=by, name=PROJECT, git_url=folder.repository.as_uri()
    )


def _server(organization: Organization, folder: DemoFolder, by: User) -> Server:
    """Row and files belong together: without one of them both are made anew."""
    known = Server.objects.filter(organization=organization, name=SERVER).first()
    if known and folder.is_seeded:
        return known
    private_key, public_line = ssh.generate_key()
    host_private_key, host_key = ssh.generate_key()
    folder.authorized_key.write_text(public_line)
    folder.host_key.touch(mode=0o600)
    folder.host_key.write_text(host_private_key)
    folder.finish(free_port(SSH_PORT))
    fields: dict[str, Any] = {
        "host": "127.0.0.1",
        "port": folder.port,
        "username": "baker",
        "private_key": private_key,
        "host_key": host_key,
    }
    if known:
        return services.change_server(known, by=by, **fields)
    return services.create_server(organization, by=by, name=SERVER, **fields)


def _environment(
    place: Place,
    project: Project,
    server: Server,
    deploy_path: str,
    port: int,
    by: User,
) -> None:
    environment = services.create_environment(
        project,
        by=by,
        server=server,
        name=place.name,
        type=place.name,
        git_branch="main",
        deploy_path=deploy_path,
        build_command="python3 build.py",
        restart_command="python3 restart.py",
        health_check_url=f"http://127.0.0.1:{port}/health.txt",
        health_check_timeout_seconds=20,
    )
    for name, value, is_secret in (
        ("GREETING", place.greeting, False),
        ("PORT", str(port), False),
        ("PAYMENT_KEY", f"pay_test_{environment.pk.hex}", True),
    ):
        services.set_variable(
            environment, name=name, value=value, is_secret=is_secret, by=by
        )
