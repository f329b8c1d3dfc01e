"""Secrets at rest: encrypted, bound to their row, never shown by accident.

Fernet has no associated data, so a token moved to another row would still decrypt.
The place it belongs to therefore travels inside the plaintext and is compared.
"""

import hashlib
import hmac
import secrets
from functools import lru_cache
from typing import Any

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django import forms
from django.apps import apps
from django.conf import settings
from django.db import models
from django.db.models.query_utils import DeferredAttribute

from oec.exceptions import ApplicationError


class DecryptFailed(ApplicationError):
    """No configured key opens a stored secret, or it was moved from another row."""

    code = "decrypt_failed"
    status_code = 503

    def __init__(self, place: str) -> None:
        super().__init__(
            f"The stored secret {place} cannot be decrypted. Put the key it was "
            "written with back into OEC_ENCRYPTION_KEYS or the file encryption_keys."
        )


#: Before the ciphertext in what ``dumpdata`` writes and ``loaddata`` reads.
SERIALIZED = "encrypted:"
#: Every Fernet token begins like this, as its first bytes are version and time.
BEGINS = "gAAAAA"


class Ciphertext(str):
    """Text as it stands in the database."""

    __slots__ = ()


def encrypt(plaintext: str, *, place: str) -> Ciphertext:
    """``place`` names where the secret will stand; ``decrypt`` wants the same one."""
    token = _fernet().encrypt(f"{place}\0{plaintext}".encode())
    return Ciphertext(token.decode("ascii"))


def decrypt(ciphertext: str, *, place: str) -> str:
    """Raises ``DecryptFailed`` without the key, or when written for another place."""
    try:
        text = _fernet().decrypt(ciphertext.encode()).decode()
    except InvalidToken:
        raise DecryptFailed(place) from None
    written_for, _, plaintext = text.partition("\0")
    if written_for != place:
        raise DecryptFailed(place)
    return plaintext


def key_number(ciphertext: str, *, place: str) -> int:
    """Which of the configured keys it was written with; 0 is the one for new secrets.

    Raises ``DecryptFailed`` as ``decrypt`` does.
    """
    decrypt(ciphertext, place=place)
    keys = enumerate(_fernets(tuple(settings.ENCRYPTION_KEYS)))
    return next(number for number, key in keys if _opens(key, ciphertext))


def key_names() -> list[str]:
    """What to call the configured keys, in their order."""
    return [name_of(key) for key in settings.ENCRYPTION_KEYS]


def name_of(key: str) -> str:
    """The beginning of a key's SHA-256: tells keys apart and opens nothing."""
    return hashlib.sha256(key.encode()).hexdigest()[:12]


def new_fingerprint_key() -> str:
    return secrets.token_hex(32)


def fingerprint(text: str, *, key: str) -> str:
    """HMAC-SHA-256 in hex: equal for equal texts, and no help in guessing them."""
    return hmac.new(key.encode(), text.encode(), hashlib.sha256).hexdigest()


class EncryptedAttribute(DeferredAttribute):
    """Decrypts when somebody asks; until then the instance holds the ciphertext."""

    field: "EncryptedTextField"

    def __get__(self, instance: Any, cls: Any = None) -> Any:
        if instance is None:
            return self
        value = instance.__dict__.get(self.field.attname)
        if value is None:
            value = super().__get__(instance, cls)
        if isinstance(value, Ciphertext):
            return decrypt(value, place=self.field.place_of(instance))
        return value

    def __set__(self, instance: Any, value: Any) -> None:
        instance.__dict__[self.field.attname] = value


class EncryptedTextField(models.TextField):
    """Text that the database sees only encrypted; the empty text stays empty.

    Forms never show the value, and a form field left empty keeps it. The row's key
    must be known before it is saved, as UUID keys are.
    """

    descriptor_class = EncryptedAttribute

    def place_of(self, instance: models.Model) -> str:
        return self.place(instance.pk)

    def place(self, pk: Any) -> str:
        return f"{self.model._meta.label_lower}:{pk}:{self.attname}"

    def is_stored(self, instance: models.Model) -> bool:
        """Whether there is a value; asks no key for it."""
        if self.attname in instance.get_deferred_fields():
            rows = self.model._base_manager.filter(pk=instance.pk)
            return rows.exclude(**{self.attname: ""}).exists()
        return bool(instance.__dict__.get(self.attname))

    def reencrypt(self, pk: Any, ciphertext: Ciphertext) -> bool:
        """Write the same text with the first key, in one statement.

        The only way past a model that otherwise never changes. False when the row does
        not hold ``ciphertext`` any more. Raises ``DecryptFailed``.
        """
        place = self.place(pk)
        plaintext = decrypt(ciphertext, place=place)
        renewed = encrypt(plaintext, place=place)
        # Better to keep an old key for ever than to lose what only it can open.
        if decrypt(renewed, place=place) != plaintext:
            raise DecryptFailed(place)
        rows = self.model._base_manager.filter(pk=pk, **{self.attname: ciphertext})
        return bool(rows.update(**{self.attname: renewed}))

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return Ciphertext(value) if value else value

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = model_instance.__dict__.get(self.attname, "")
        if not value or isinstance(value, Ciphertext):
            return value
        ciphertext = encrypt(value, place=self.place_of(model_instance))
        model_instance.__dict__[self.attname] = ciphertext
        return ciphertext

    def get_prep_value(self, value: Any) -> Any:
        # Only what was serialized comes here in the clear: it is saved as it is.
        if value and value.startswith(f"{SERIALIZED}{BEGINS}"):
            value = Ciphertext(value.removeprefix(SERIALIZED))
        if value and not isinstance(value, Ciphertext):
            raise TypeError(f"{self.name} is encrypted: save it through its instance.")
        return super().get_prep_value(value)

    def value_to_string(self, obj: models.Model) -> str:
        """The ciphertext, for ``dumpdata``: never the secret, and never nothing."""
        ciphertext = self.pre_save(obj, add=False)
        return f"{SERIALIZED}{ciphertext}" if ciphertext else ""

    def value_from_object(self, obj: models.Model) -> Any:
        """What forms show of it."""
        return ""

    def save_form_data(self, instance: models.Model, data: Any) -> None:
        if data:
            super().save_form_data(instance, data)

    def formfield(self, **kwargs: Any) -> Any:
        widget = forms.Textarea(
            attrs={
                "rows": 3,
                "autocomplete": "off",
                "spellcheck": "false",
                "placeholder": "Never shown. Leave empty to keep the stored value.",
            }
        )
        return super().formfield(**{"required": False, "widget": widget, **kwargs})


def encrypted_fields() -> list[EncryptedTextField]:
    """Wherever secrets are stored."""
    return [
        field
        for model in apps.get_models()
        for field in model._meta.local_concrete_fields
        if isinstance(field, EncryptedTextField)
    ]


def _opens(key: Fernet, ciphertext: str) -> bool:
    try:
        key.decrypt(ciphertext.encode())
    except InvalidToken:
        return False
    return True


@lru_cache(maxsize=4)
def _fernets(keys: tuple[str, ...]) -> list[Fernet]:
    return [Fernet(key) for key in keys]


def _fernet() -> MultiFernet:
    return MultiFernet(_fernets(tuple(settings.ENCRYPTION_KEYS)))
