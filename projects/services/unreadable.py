"""Stored secrets that no key opens: which, where, and what to do about each."""

from collections import Counter
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.db import models, transaction

from projects import audit, secrets
from projects.models import (
    AbstractVariable,
    Environment,
    Organization,
    Project,
    Server,
    User,
)
from projects.secrets import DecryptFailed, new_fingerprint_key
from projects.services.rotation import stored_secrets

REMEDIES = {
    "server": "Enter it anew.",
    "project": "Enter it anew, or generate a new deploy key.",
    "variable": "Set it anew.",
    "projectvariable": "Set it anew.",
    "environment": "Make a new one: manage.py renew_fingerprint_keys.",
    "release": "It cannot be deployed again: deploy or redeploy instead of a retry.",
}


@dataclass(frozen=True, slots=True)
class Unreadable:
    """``name`` says which secret of which object; ``count`` is above 1 for releases."""

    name: str
    remedy: str
    kind: str
    #: The object, or for a release its environment.
    pk: UUID
    project_id: UUID | None
    organization_id: UUID
    count: int = 1


def unreadable_secrets(*, frozen: bool = True) -> list[Unreadable]:
    """All of them by name; without those of releases where ``frozen`` is False.

    Opening takes some 30 µs each, so ``frozen`` is not for every request.
    """
    unreadable: Counter[Unreadable] = Counter()
    for encrypted in secrets.encrypted_fields():
        if encrypted.model._meta.model_name == "release" and not frozen:
            continue
        lost = [
            pk
            for pk, ciphertext in stored_secrets(encrypted)
            if not _opens(ciphertext, encrypted.place(pk))
        ]
        rows = encrypted.model._base_manager.in_bulk(lost)
        what = str(encrypted.verbose_name)
        unreadable.update(_described(row, what) for row in rows.values())
    counted = [replace(secret, count=count) for secret, count in unreadable.items()]
    return sorted(counted, key=lambda secret: secret.name)


def visible_among(user: User, unreadable: list[Unreadable]) -> list[Unreadable]:
    """Those of objects that the user sees."""
    projects = set(Project.objects.visible_to(user).values_list("pk", flat=True))
    organizations = set(
        Organization.objects.visible_to(user).values_list("pk", flat=True)
    )
    return [
        secret
        for secret in unreadable
        if secret.project_id in projects
        or (secret.project_id is None and secret.organization_id in organizations)
    ]


def renew_fingerprint_keys() -> list[Environment]:
    """A new key for each environment whose own cannot be opened.

    Fingerprints and digests of its later releases then differ from those of before.
    """
    renewed = []
    for secret in unreadable_secrets(frozen=False):
        if secret.kind == "environment":
            environment = Environment.objects.get(pk=secret.pk)
            environment.fingerprint_key = new_fingerprint_key()
            with transaction.atomic():
                environment.save(update_fields=["fingerprint_key"])
                audit.record(
                    None,
                    "environment.fingerprint_key_renewed",
                    environment,
                    project=environment.project,
                )
            renewed.append(environment)
    return renewed


def _opens(ciphertext: str, place: str) -> bool:
    try:
        secrets.decrypt(ciphertext, place=place)
    except DecryptFailed:
        return False
    return True


def _described(row: models.Model, what: str) -> Unreadable:
    kind = str(row._meta.model_name)
    if isinstance(row, Server):
        return Unreadable(
            f"server {row}: {what}",
            REMEDIES[kind],
            kind,
            row.pk,
            None,
            row.organization_id,
        )
    place: Any = row
    name = f"{what}"
    if isinstance(row, AbstractVariable):
        place, name = row.place, f"variable {row.name}"
    elif not isinstance(row, Environment | Project):
        # What a release has frozen belongs to its environment.
        place, name = row.environment, "frozen releases"  # type: ignore[attr-defined]
    project = place if isinstance(place, Project) else place.project
    where = (
        f"project {project}"
        if place is project
        else f"environment {place} of project {project}"
    )
    return Unreadable(
        f"{where}: {name}",
        REMEDIES[kind],
        kind,
        place.pk,
        project.pk,
        project.organization_id,
    )
