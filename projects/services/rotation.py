"""Writing stored secrets anew with the first key, so that older keys can be dropped."""

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet
from django.db import DEFAULT_DB_ALIAS, models, transaction

from oec.keys import put_in_front
from projects import audit, secrets
from projects.secrets import Ciphertext, DecryptFailed, EncryptedTextField

BATCH = 500


@dataclass
class Tally:
    """The stored secrets of one field, by the number of the key that opens them."""

    name: str
    per_key: Counter[int] = field(default_factory=Counter)
    rewritten: int = 0
    #: Where those stand that no key opens; never what they say.
    unreadable: list[str] = field(default_factory=list)

    @property
    def is_current(self) -> bool:
        """Whether the first key opened every one of them."""
        return not self.unreadable and set(self.per_key) <= {0}


def add_encryption_key(file: Path) -> str:
    """Put a new key in front of those in ``file``; its name.

    Processes that run already go on with the keys they started with. Raises
    FileExistsError while somebody else is adding one.
    """
    key = Fernet.generate_key().decode()
    name = secrets.name_of(key)
    with transaction.atomic():
        audit.record_operation("encryption_key.added", "encryption key", name)
        put_in_front(key, file)
    return name


def survey_secrets(database: str = DEFAULT_DB_ALIAS) -> Iterator[Tally]:
    """Which keys the stored secrets were written with, field by field."""
    for encrypted in secrets.encrypted_fields():
        tally = Tally(_name(encrypted))
        for pk, ciphertext in stored_secrets(encrypted, database):
            _count(tally, encrypted, pk, ciphertext)
        yield tally


def rotate_secrets() -> Iterator[Tally]:
    """Write anew what an older key opens, field by field, each row by itself.

    A row that somebody changes meanwhile keeps that change. What no key opens is
    reported and left as it is. May be stopped and repeated at any time.
    """
    key = secrets.key_names()[0]
    audit.record_operation("secrets.rotation_started", "encryption key", key)
    rewritten, unreadable = {}, 0
    for encrypted in secrets.encrypted_fields():
        tally = Tally(_name(encrypted))
        for pk, ciphertext in stored_secrets(encrypted):
            if _count(tally, encrypted, pk, ciphertext):
                tally.rewritten += _rewrite(encrypted, pk, ciphertext)
        rewritten[tally.name] = tally.rewritten
        unreadable += len(tally.unreadable)
        yield tally
    audit.record_operation(
        "secrets.rotated",
        "encryption key",
        key,
        rewritten=rewritten,
        unreadable=unreadable,
    )


def _name(encrypted: EncryptedTextField) -> str:
    return f"{encrypted.model._meta.label}.{encrypted.name}"


def stored_secrets(
    encrypted: EncryptedTextField, database: str = DEFAULT_DB_ALIAS
) -> Iterator[tuple[Any, Ciphertext]]:
    """In batches, so that no query stays open while rows are written."""
    rows = _rows(encrypted).using(database).order_by("pk")
    batch = list(rows[:BATCH])
    while batch:
        yield from batch
        batch = list(rows.filter(pk__gt=batch[-1][0])[:BATCH])


def _rows(encrypted: EncryptedTextField) -> "models.QuerySet[Any, Any]":
    rows = encrypted.model._base_manager.exclude(**{encrypted.attname: ""})
    return rows.values_list("pk", encrypted.attname)


def _count(
    tally: Tally, encrypted: EncryptedTextField, pk: Any, ciphertext: Ciphertext
) -> int:
    """The number of its key; 0 too for what nobody can open, hence cannot rewrite."""
    place = encrypted.place(pk)
    try:
        number = secrets.key_number(ciphertext, place=place)
    except DecryptFailed:
        tally.unreadable.append(place)
        return 0
    tally.per_key[number] += 1
    return number


def _rewrite(encrypted: EncryptedTextField, pk: Any, ciphertext: Ciphertext) -> bool:
    """False when somebody has changed or removed the row since, with the first key."""
    while not encrypted.reencrypt(pk, ciphertext):
        row = _rows(encrypted).filter(pk=pk).first()
        if row is None:
            return False
        ciphertext = row[1]
        if secrets.key_number(ciphertext, place=encrypted.place(pk)) == 0:
            return False
    return True
