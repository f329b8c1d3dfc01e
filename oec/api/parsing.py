"""Request bodies, stricter than the standard library: what is odd is refused."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from django.http import QueryDict
from rest_framework.exceptions import ParseError, UnsupportedMediaType
from rest_framework.parsers import FormParser, JSONParser

MAX_DEPTH = 20
_UNSTORABLE = re.compile("[\0\ud800-\udfff]")


class StrictJSONParser(JSONParser):
    """One UTF-8 JSON object (RFC 8259) that means the same to every reader.

    Refused: other encodings, a byte order mark, duplicate keys, NaN and Infinity,
    numbers out of range, more than 20 levels, NUL and lone surrogates in any text.
    The body's size is limited by ``DATA_UPLOAD_MAX_MEMORY_SIZE``.
    """

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        _refuse_other_charsets(media_type or "")
        try:
            value = json.loads(
                stream.read().decode("utf-8"),
                object_pairs_hook=_unique,
                parse_constant=_refuse_constant,
                parse_float=_finite,
            )
        except RecursionError:
            raise ParseError(_TOO_DEEP) from None
        # A broken encoding, broken JSON and an integer of thousands of digits.
        except ValueError as error:
            raise ParseError(f"This is not valid JSON: {error}") from None
        if not isinstance(value, dict):
            raise ParseError("The body must be one JSON object.")
        _check(value)
        return value


class StrictFormParser(FormParser):
    """A form as browsers send it: UTF-8, and line ends as they were typed."""

    def parse(
        self,
        stream: IO[bytes],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> Any:
        _refuse_other_charsets(media_type or "")
        try:
            form = QueryDict(stream.read(), mutable=True)
        except ValueError:
            raise ParseError("This is not a valid form.") from None
        for name, values in form.lists():
            # HTML sends every line end as CR LF.
            form.setlist(name, [value.replace("\r\n", "\n") for value in values])
        return form


_TOO_DEEP = f"JSON may be nested {MAX_DEPTH} levels deep at most."


def _refuse_other_charsets(media_type: str) -> None:
    charset = re.search(r"charset\s*=\s*\"?([^\s;\"]+)", media_type, re.IGNORECASE)
    if charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(media_type)


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        raise ValueError("a key occurs twice in one object")
    return members


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(f"{name} is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if math.isinf(number):
        raise ValueError("a number is out of range")
    return number


def _check(value: Any, depth: int = 1) -> None:
    if depth > MAX_DEPTH:
        raise ParseError(_TOO_DEEP)
    for part in _parts(value):
        if isinstance(part, str):
            if _UNSTORABLE.search(part):
                raise ParseError("Text may hold neither NUL nor lone surrogates.")
        elif isinstance(part, dict | list):
            _check(part, depth + 1)


def _parts(value: dict[str, Any] | list[Any]) -> Iterator[Any]:
    if isinstance(value, dict):
        yield from value
        yield from value.values()
    else:
        yield from value
