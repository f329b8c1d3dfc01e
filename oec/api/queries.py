"""Query parameters: what is unknown or malformed is refused, never ignored."""

from collections.abc import Collection

from rest_framework.exceptions import ValidationError
from rest_framework.request import Request

#: ``format`` chooses between JSON and HTML.
PAGING = ("cursor", "limit", "format")


def refuse_unknown(request: Request, known: Collection[str] = ()) -> None:
    for name in request.query_params:
        if name not in known and name not in PAGING:
            raise ValidationError({name: ["There is no such parameter."]})


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
