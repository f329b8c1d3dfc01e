"""Setting fields, refusing what is not well-formed, recording what was changed."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import models

from oec.exceptions import InvalidInput
from projects.models.columns import Block, Line
from projects.secrets import Ciphertext, EncryptedTextField

#: What stands in for a secret where none is shown.
MASKS = frozenset("*•●∙·")


def differing(instance: models.Model, fields: Mapping[str, Any]) -> dict[str, Any]:
    """Those that are not stored so already; a secret is compared with nothing."""
    meant = {name: _as_stored(instance, name, value) for name, value in fields.items()}
    return {
        name: value
        for name, value in meant.items()
        if _is_secret(instance, name)
        or getattr(instance, name) != _tidied(instance, name, value)
    }


def _as_stored(instance: models.Model, name: str, value: Any) -> Any:
    field = instance._meta.get_field(name)
    if not isinstance(field, Block | Line):
        return value
    return field.to_python(value)


def _tidied(instance: models.Model, name: str, value: Any) -> Any:
    field = instance._meta.get_field(name)
    return field.tidied(value) if isinstance(field, Block | Line) else value


def apply(instance: models.Model, fields: Mapping[str, Any]) -> None:
    """A secret is removed by None alone; see ``refuse_to_erase``."""
    for name, value in fields.items():
        is_secret = _is_secret(instance, name)
        if is_secret:
            refuse_to_erase(instance, name, value)
        setattr(instance, name, "" if is_secret and value is None else value)
    validate(instance)


def refuse_to_erase(instance: models.Model, name: str, value: str | None) -> None:
    """An empty field or a mask that is sent back does not replace a stored secret."""
    field = instance._meta.get_field(name)
    if not isinstance(field, EncryptedTextField) or not field.is_stored(instance):
        return
    if value is not None and not set(value.strip()) - MASKS:
        sentence = (
            "This is empty, or a mask: the stored value stays as it is. Enter a new "
            "one, or ask for its removal."
        )
        raise InvalidInput({name: [sentence]})


def _is_secret(instance: models.Model, name: str) -> bool:
    return isinstance(instance._meta.get_field(name), EncryptedTextField)


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
        if _is_secret(instance, name):
            return "(secret)" if value else "(removed)"
        return str(_tidied(instance, name, value))[:200]

    return {name: text_of(name, value) for name, value in fields.items()}
