"""Projects."""

from typing import Any

from django.db import transaction

from oec.exceptions import InvalidInput
from projects import audit, permissions
from projects.keys import generate_key
from projects.models import Organization, Project, User
from projects.services.changes import apply, differing, recorded, validate


@transaction.atomic
def create_project(
    organization: Organization,
    *,
    by: User,
    address: str | None = None,
    **fields: Any,
) -> Project:
    """``fields``: name, git_url, git_token, git_host_key, registry_…"""
    permissions.require_administer(by, organization)
    project = Project(organization=organization, **fields)
    validate(project)
    project.save()
    permissions.open_project(project)
    audit.record(by, "project.created", project, project=project, address=address)
    return project


def change_project(
    project: Project, *, by: User, address: str | None = None, **fields: Any
) -> Project:
    """A new host key of the Git host is an act of its own in the audit trail.

    ``fields`` that say what is stored already change and record nothing; None removes
    a stored credential, which an empty text does not.
    Raises ``InvalidInput`` also when a stored credential would go to another host.
    """
    permissions.require_change(by, project)
    fields = differing(project, fields)
    if not fields:
        return project
    before = project.git_host_key_fingerprint
    hosts = _hosts_of_credentials(project)
    apply(project, fields)
    _refuse_to_move(hosts, project, fields)
    with transaction.atomic():
        project.save(update_fields=[*fields, "updated_at"])
        audit.record(
            by,
            "project.changed",
            project,
            project=project,
            address=address,
            changes=recorded(project, fields),
        )
        if before != project.git_host_key_fingerprint:
            audit.record(
                by,
                "project.git_host_key_accepted",
                project,
                project=project,
                address=address,
                before=before,
                after=project.git_host_key_fingerprint,
            )
    return project


@transaction.atomic
def generate_deploy_key(
    project: Project, *, by: User, address: str | None = None
) -> Project:
    """A new key pair; the one before, if any, opens nothing from now on.

    The private half is stored and never shown, the public half is for the Git host.
    """
    permissions.require_change(by, project)
    before = project.git_public_key_fingerprint
    _store_deploy_key(project, *generate_key())
    audit.record(
        by,
        "project.deploy_key_generated",
        project,
        project=project,
        address=address,
        before=before,
        after=project.git_public_key_fingerprint,
    )
    return project


@transaction.atomic
def remove_deploy_key(
    project: Project, *, by: User, address: str | None = None
) -> Project:
    """Forget the key pair; without one this changes and records nothing."""
    permissions.require_change(by, project)
    before = project.git_public_key_fingerprint
    if before:
        _store_deploy_key(project, "", "")
        audit.record(
            by,
            "project.deploy_key_removed",
            project,
            project=project,
            address=address,
            before=before,
        )
    return project


def _store_deploy_key(project: Project, private: str, public: str) -> None:
    project.git_deploy_key, project.git_public_key = private, public
    project.save(update_fields=["git_deploy_key", "git_public_key", "updated_at"])


def _hosts_of_credentials(project: Project) -> dict[str, str]:
    """To whom each credential is sent, by its field."""
    return {
        "git_token": project.git_origin,
        "registry_password": project.registry_host,
    }


def _refuse_to_move(
    before: dict[str, str], project: Project, fields: dict[str, Any]
) -> None:
    """A stored credential goes to the host it was entered for and to no other.

    Otherwise somebody who may change the address, but was never shown the secret,
    could have it sent to a host of their own (CWE-522).
    """
    for name, host in _hosts_of_credentials(project).items():
        if host != before[name] and name not in fields and getattr(project, name):
            title = project._meta.get_field(name).verbose_name  # type: ignore[union-attr]
            sentence = (
                f"The stored {title} was entered for {before[name] or 'no host'}. "
                f"Enter it anew for {host or 'no host'}, or remove it."
            )
            raise InvalidInput({name: [sentence]})
