"""Setting fields, refusing what is not well-formed, recording what was changed."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from oec.exceptions import InvalidInput
from projects.secrets import Ciphertext, EncryptedTextField


def apply(instance: models.Model, fields: Mapping[str, Any]) -> None:
    for name, value in fields.items():
        setattr(instance, name, value)
    validate(instance)


def validate(instance: models.Model) -> None:
    # What is stored encrypted has been validated, and may be unreadable by now.
    stored = [
        field.name
        for field in instance._meta.local_concrete_fields
        if isinstance(instance.__dict__.get(field.attname), Ciphertext)
    ]
    try:
        instance.full_clean(exclude=stored)
    except ValidationError as error:
        raise InvalidInput(error.message_dict) from None


def recorded(instance: models.Model, fields: Mapping[str, Any]) -> dict[str, str]:
    """What was changed to what; of a secret only that it was, or that it went."""

    def text_of(name: str, value: Any) -> str:
        if isinstance(instance._meta.get_field(name), EncryptedTextField):
            return "(secret)" if value else "(removed)"
        return str(value)[:200]

    return {name: text_of(name, value) for name, value in fields.items()}
