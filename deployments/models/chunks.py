"""Text of an event: plain while its deployment runs, compressed afterwards.

Both stand in the same column and are opened here alone, whoever reads it. What is
compressed begins with ``MARK`` and the number of its characters; plain text that begins
like that is stored compressed at once, so that nothing can look like what it is not.
"""

import base64
import zlib
from typing import Any

from django.db import models
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.functions import Cast, Left, Length, Substr
from django.db.models.lookups import Exact

MARK = "oec.zlib:"
#: Of the number that follows the mark, before another colon.
DIGITS = 7
#: The shorter ones are not worth it.
LEAST_CHARACTERS = 1_024

IS_PACKED = Q(Exact(Left("text", len(MARK)), Value(MARK)))
#: How long the text is, whichever way it is stored.
CHARACTERS = Case(
    When(IS_PACKED, then=Cast(Substr("text", len(MARK) + 1, DIGITS), IntegerField())),
    default=Length("text"),
)


class Packed(str):
    """Text as it stands in the database, compressed."""

    __slots__ = ()


def pack(text: str) -> Packed:
    packed = base64.b85encode(zlib.compress(text.encode())).decode("ascii")
    return Packed(f"{MARK}{len(text):0{DIGITS}}:{packed}")


def unpack(stored: str) -> str:
    """The text that was packed; any other as it is."""
    if not stored.startswith(MARK):
        return stored
    try:
        return zlib.decompress(
            base64.b85decode(stored[len(MARK) + DIGITS + 1 :])
        ).decode()
    except (ValueError, zlib.error):
        # Printed before there was such a mark.
        return stored


class ChunkField(models.TextField):
    """Gives and takes plain text; only a ``Packed`` one is stored as it comes."""

    def from_db_value(self, value: str | None, *_: Any) -> str | None:
        return unpack(value) if value else value

    def get_prep_value(self, value: Any) -> Any:
        value = super().get_prep_value(value)
        if isinstance(value, str) and not isinstance(value, Packed):
            return pack(value) if value.startswith(MARK) else value
        return value


def beginning(characters: int) -> Case:
    """At least so much of the text, without bringing all of a long plain one."""
    return Case(
        When(IS_PACKED, then=F("text")),
        default=Left("text", characters),
        output_field=ChunkField(),
    )
