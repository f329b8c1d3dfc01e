"""Rows for tests: small, explicit, and the same in every run."""

import json
from datetime import timedelta
from functools import cache
from typing import Any
from unittest.mock import patch

from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from django.db.models import F
from django.utils import timezone
from django.utils.text import slugify

from deployments import live
from deployments.configuration import frozen_today
from deployments.models import (
    TERMINAL,
    Deployment,
    Release,
    Status,
)
from projects import services
from projects.models import Environment, Organization, Project, Server, User

PASSWORD = "correct horse battery staple"
COMMIT = "1f0c5d7a9b3e4f6081a2b3c4d5e6f708192a3b4c"
FAILURE = {
    "error_code": "connect_refused",
    "error_message": "The server refused the connection.",
    "error_class": "external",
    "error_evidence": "",
    "error_probe": "connect",
    "advised_verb": "retry",
}


def make_user(username: str, **columns: Any) -> User:
    return User.objects.create_user(username, password=PASSWORD, **columns)


def make_organization(owner: User, name: str = "Acme") -> Organization:
    """As if a superuser had let the owner add it."""
    with patch.object(owner, "is_superuser", new=True):
        return services.create_organization(name=name, by=owner)


def make_project(organization: Organization, *, by: User, **fields: Any) -> Project:
    defaults = {"name": "Shop", "git_url": "https://git.example.org/acme/shop.git"}
    return services.create_project(organization, by=by, **{**defaults, **fields})


def make_server(organization: Organization, *, by: User, **fields: Any) -> Server:
    private_key, public_line = key_pair()
    defaults = {
        "name": "web-1",
        "host": "web-1.example.org",
        "username": "deploy",
        "private_key": private_key,
        "host_key": public_line,
    }
    return services.create_server(organization, by=by, **{**defaults, **fields})


def make_environment(
    project: Project, server: Server | None, *, by: User, **fields: Any
) -> Environment:
    name = fields.get("name", "production")
    # Of each project and name another folder: they may not lie in one another.
    is_first = (project.name, name) == ("Shop", "production")
    folder = "shop" if is_first else slugify(f"{project.name} {name}")
    defaults = {
        "name": name,
        "type": "production",
        "deploy_path": f"/srv/{folder or 'other'}",
        "build_command": "make build",
    }
    return services.create_environment(
        project, by=by, server=server, **{**defaults, **fields}
    )


def make_release(environment: Environment, **columns: Any) -> Release:
    """A resolved release with one secret variable."""
    defaults = {
        "git_branch": environment.git_branch,
        "git_commit": COMMIT,
        "git_message": "Sell more shoes\n\nAnd socks.",
        "configuration": frozen_today(environment),
        "variables": json.dumps({"API_KEY": ["s3cret-value", True]}),
        "config_digest": "d" * 64,
    }
    return Release.objects.create(environment=environment, **{**defaults, **columns})


def make_deployment(
    environment: Environment,
    *,
    by: User,
    status: Status = Status.FAILED,
    release: Release | None = None,
    retry_of: Deployment | None = None,
    **columns: Any,
) -> Deployment:
    """The project's next deployment, as if it had come to this status by itself."""
    project = environment.project
    Project.objects.filter(pk=project.pk).update(last_version=F("last_version") + 1)
    project.refresh_from_db(fields=["last_version"])
    defaults = {
        "project": project,
        "environment": environment,
        "server": environment.server,
        "release": release or _release_of(environment, retry_of),
        "version": project.last_version,
        "triggered_by": by,
        "attempt": retry_of.attempt + 1 if retry_of else 1,
        **_traces(status),
    }
    deployment = Deployment(status=status, retry_of=retry_of, **{**defaults, **columns})
    deployment.root = retry_of.root if retry_of else deployment
    deployment.save()
    if status == Status.SUCCESS:
        live.put_live(deployment.pk)
        environment.refresh_from_db(fields=["live", "previous"])
    return deployment


def _release_of(environment: Environment, retry_of: Deployment | None) -> Release:
    return retry_of.release if retry_of else make_release(environment)


def _traces(status: Status) -> dict[str, Any]:
    """What a deployment that came to this status would have left in its row."""
    now = timezone.now()
    traces: dict[str, Any] = {}
    if status != Status.PENDING:
        traces |= {"started_at": now, "epoch": 1, "worker": "worker-1"}
    if status == Status.RUNNING:
        traces |= {"lease_until": now + timedelta(seconds=30)}
    if status in TERMINAL:
        traces |= {"completed_at": now}
    if status == Status.FAILED:
        traces |= FAILURE
    return traces


@cache
def key_pair() -> tuple[str, str]:
    """A private key in OpenSSH format and its public line; nobody else holds it."""
    private = Ed25519PrivateKey.generate()
    text = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.NoEncryption(),
    )
    line = private.public_key().public_bytes(
        serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
    )
    return text.decode(), line.decode()
