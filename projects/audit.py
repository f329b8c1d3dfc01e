"""The audit trail: written in the same transaction as the act it tells of."""

from typing import Any

from django.db.models import Model

from projects.models import AuditEntry, Organization, Project, User


def record(
    actor: User | None,
    action: str,
    obj: Model,
    *,
    organization: Organization | None = None,
    project: Project | None = None,
    address: str | None = None,
    **facts: Any,
) -> AuditEntry:
    """``facts`` must be JSON and may never hold the value of a secret.

    Without an actor it was OEC itself.
    """
    owner_id = organization.pk if organization else None
    return AuditEntry.objects.create(
        actor=actor,
        actor_name=actor.display_name if actor else "OEC",
        action=action,
        object_type=obj._meta.model_name or "",
        object_id=str(obj.pk),
        object_name=str(obj)[:200],
        organization_id=project.organization_id if project else owner_id,
        project=project,
        address=address,
        facts=facts,
    )


def record_operation(
    action: str, object_type: str, object_name: str, **facts: Any
) -> AuditEntry:
    """What an operator did on the console's own machine, to no row in particular.

    It belongs to no organization, so superusers alone read it.
    """
    return AuditEntry.objects.create(
        actor=None,
        actor_name="OEC",
        action=action,
        object_type=object_type,
        object_id="",
        object_name=object_name,
        facts=facts,
    )
