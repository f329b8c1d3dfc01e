"""Servers."""

from typing import Any

from django.db import transaction

from oec.exceptions import ApplicationError
from projects import audit, permissions
from projects.keys import generate_key
from projects.models import Organization, Server, User
from projects.services.changes import apply, differing, recorded, validate


class KeyStored(ApplicationError):
    code = "key_stored"
    status_code = 409

    def __init__(self, server: Server) -> None:
        super().__init__(
            f"A private key of {server} is stored and stays. To have another one made, "
            "remove it first."
        )


@transaction.atomic
def create_server(
    organization: Organization,
    *,
    by: User,
    address: str | None = None,
    **fields: Any,
) -> Server:
    """``fields``: name, host, port, username, private_key, host_key, is_enabled."""
    permissions.require_administer(by, organization)
    server = Server(organization=organization, **fields)
    validate(server)
    server.save()
    audit.record(
        by,
        "server.created",
        server,
        organization=organization,
        address=address,
        at=server.address,
        host_key=server.host_key_fingerprint,
    )
    return server


def change_server(
    server: Server, *, by: User, address: str | None = None, **fields: Any
) -> Server:
    """A new host key is an act of its own in the audit trail.

    ``fields`` that say what is stored already change and record nothing; None removes
    a stored key, which an empty text does not.
    """
    permissions.require_change_server(by, server)
    fields = differing(server, fields)
    if not fields:
        return server
    before = server.host_key_fingerprint
    apply(server, fields)
    with transaction.atomic():
        server.save(update_fields=[*fields, "updated_at"])
        audit.record(
            by,
            "server.changed",
            server,
            organization=server.organization,
            address=address,
            changes=recorded(server, fields),
        )
        if before != server.host_key_fingerprint:
            audit.record(
                by,
                "server.host_key_accepted",
                server,
                organization=server.organization,
                address=address,
                before=before,
                after=server.host_key_fingerprint,
            )
    return server


@transaction.atomic
def generate_server_key(
    server: Server, *, by: User, address: str | None = None
) -> Server:
    """A key pair for a server without one; the private half is never shown.

    Raises ``KeyStored`` rather than overwrite a key, whoever stored it meanwhile.
    """
    permissions.require_change_server(by, server)
    locked = Server.objects.select_for_update(of=("self",)).get(pk=server.pk)
    if Server.objects.filter(pk=server.pk).exclude(private_key="").exists():
        raise KeyStored(server)
    locked.private_key, public = generate_key()
    locked.save(update_fields=["private_key", "updated_at"])
    audit.record(
        by,
        "server.key_generated",
        locked,
        organization=server.organization,
        address=address,
        public_key=public,
    )
    return locked
