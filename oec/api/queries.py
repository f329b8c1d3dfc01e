"""Query parameters: what is unknown or malformed is refused, never ignored.

A filter with a typing error would otherwise show everything and look like an answer.
"""

from collections.abc import Collection
from uuid import UUID

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

#: ``format`` chooses between JSON and HTML.
PAGING = ("cursor", "limit", "format")


def refuse_unknown(request: Request, known: Collection[str] = ()) -> None:
    for name in request.query_params:
        if name not in known and name not in PAGING:
            raise ValidationError({name: ["There is no such parameter."]})


def choices(request: Request, name: str, allowed: Collection[str]) -> list[str]:
    """The values of ``?name=a,b``, all of them allowed; empty without the parameter."""
    if name not in request.query_params:
        return []
    values = ",".join(request.query_params.getlist(name)).split(",")
    if not set(values) <= set(allowed):
        sentence = f"Choose from {', '.join(sorted(allowed))}, separated by commas."
        raise ValidationError({name: [sentence]})
    return values


def identifier(request: Request, name: str) -> UUID | None:
    text = request.query_params.get(name)
    if text is None:
        return None
    try:
        return UUID(text)
    except ValueError:
        raise ValidationError({name: ["This is not a UUID."]}) from None


def whole_number(
    request: Request, name: str, *, default: int, least: int, most: int
) -> int:
    text = request.query_params.get(name)
    if text is None:
        return default
    digits = text.isascii() and text.isdecimal() and len(text) < 20
    if not digits or not least <= int(text) <= most:
        sentence = f"Write a whole number from {least} to {most}."
        raise ValidationError({name: [sentence]})
    return int(text)
