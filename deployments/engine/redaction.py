"""Remote bytes become storable text, without the secrets that were put into a run."""

import base64
import codecs
import json
import re
import shlex
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from urllib.parse import quote, quote_plus

MASK = "••••••"
MINIMUM_LENGTH = 8

_UNSTORABLE: dict[int, str | None] = {
    code: None
    for code in (*range(0x20), *range(0x80, 0xA0))
    if chr(code) not in "\t\n\r\x1b"
} | {0: "\ufffd"}
#: A title or link for the terminal that a bell ends, and one that has no end yet.
_BELL_AT_END = re.compile(r"(\x1b\][^\x07\x1b\r\n]*)\x07")
_WITHOUT_END = re.compile(r"\x1b(?:\][^\x07\x1b\r\n]*)?\Z")
_PERCENT_ESCAPE = re.compile(r"%[0-9A-F]{2}")
_SHELL_SPECIAL = re.compile(r"([^\w@%+=:,./-])")
_DOUBLE_QUOTED_SPECIAL = re.compile(r'([\\"$`])')
_ARMOUR = re.compile(r"-----(BEGIN|END) [A-Z0-9 ]+-----")
_BASE64_LINE_LENGTHS = (64, 76)

_Span = tuple[int, int]


class Redactor:
    """Decodes one output stream and masks secrets in it, however it is cut.

    Text is UTF-8, with U+FFFD for bytes that are not. NUL becomes U+FFFD too; the
    other control characters go, except tab, line feed, carriage return and escape.
    Only an end that may be the beginning of a secret is held back.

    A secret is recognized as it is and in base64 (wherever it begins in a longer
    text), URL-encoded, JSON-escaped and shell-quoted; so is each line of a secret of
    several lines. Values shorter than 8 characters are not masked: that would tear
    innocent text. A value transformed in another way cannot be recognized.
    """

    def __init__(self, secrets: Iterable[str]) -> None:
        self._forms = _forms_by_prefix(secrets)
        self._prefix = re.compile(_alternation(self._forms)) if self._forms else None
        self._beginnings = frozenset(
            prefix[:length]
            for prefix in self._forms
            for length in range(1, MINIMUM_LENGTH)
        )
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._opening = ""
        self._held = ""
        self._covered = 0

    def feed(self, data: bytes) -> str:
        """The text that is certain after ``data``, possibly empty."""
        text = self._held + self._storable(self._decoder.decode(data))
        spans, unfinished = self._find(text)
        return self._emit(text, spans, min(unfinished, self._short_beginning(text)))

    def flush(self) -> str:
        """The text that was held back; the stream may go on afterwards."""
        rest = self._storable(self._decoder.decode(b"", final=True))
        text = self._held + rest
        spans, _ = self._find(text)
        return self._emit(text, spans, len(text))

    def mask(self, text: str) -> str:
        """One complete text, cleaned and masked; the stream is left as it is."""
        text = text.translate(_UNSTORABLE)
        spans, _ = self._find(text)
        masked, _ = _masked(text, spans, 0, len(text))
        return masked

    def _storable(self, text: str) -> str:
        """Bells go too, so what one of them ends gets the other end that it may have:
        ESC and a backslash (ECMA-48, section 8.3.143).
        """
        before = self._opening
        text = before + text
        without_end = _WITHOUT_END.search(text)
        self._opening = without_end[0][:2] if without_end else ""
        text = _BELL_AT_END.sub("\\1\x1b\\\\", text)
        return text[len(before) :].translate(_UNSTORABLE)

    def _emit(self, text: str, spans: Sequence[_Span], end: int) -> str:
        masked, self._covered = _masked(text, spans, self._covered, end)
        self._held = text[end:]
        return masked

    def _find(self, text: str) -> tuple[list[_Span], int]:
        """Every occurrence, overlapping ones too, and where the first unfinished
        one begins (the end of the text when there is none).
        """
        spans: list[_Span] = []
        unfinished = len(text)
        for start in self._candidates(text):
            for form in self._forms[text[start : start + MINIMUM_LENGTH]]:
                if text.startswith(form, start):
                    spans.append((start, start + len(form)))
                    break
                if len(text) - start < len(form) and form.startswith(text[start:]):
                    unfinished = min(unfinished, start)
        return spans, unfinished

    def _candidates(self, text: str) -> Iterator[int]:
        if self._prefix is None:
            return
        match = self._prefix.search(text)
        while match:
            yield match.start()
            match = self._prefix.search(text, match.start() + 1)

    def _short_beginning(self, text: str) -> int:
        for start in range(max(0, len(text) - MINIMUM_LENGTH + 1), len(text)):
            if text[start:] in self._beginnings:
                return start
        return len(text)


def _masked(
    text: str, spans: Iterable[_Span], covered: int, end: int
) -> tuple[str, int]:
    """``text`` up to ``end`` with a mask for each run of overlapping spans.

    The first ``covered`` characters are masked already; also returns how many
    characters after ``end`` the last mask stands for.
    """
    pieces: list[str] = []
    position = covered
    for start, stop in spans:
        if start >= end:
            break
        if start >= position:
            pieces += text[position:start], MASK
        position = max(position, stop)
    pieces.append(text[position:end])
    return "".join(pieces), max(position - end, 0)


def _forms_by_prefix(secrets: Iterable[str]) -> dict[str, list[str]]:
    """What to mask, longest first, by its first characters."""
    forms = {
        form.translate(_UNSTORABLE)
        for secret in secrets
        for part in _parts(secret)
        for form in _forms(part)
    }
    by_prefix: dict[str, list[str]] = defaultdict(list)
    for form in sorted(forms, key=len, reverse=True):
        if len(form) >= MINIMUM_LENGTH:
            by_prefix[form[:MINIMUM_LENGTH]].append(form)
    return dict(by_prefix)


def _parts(secret: str) -> set[str]:
    """The value and its lines, without what frames a key: that is no secret."""
    parts = {part.strip() for part in (secret, *secret.splitlines())}
    return {
        part
        for part in parts
        if len(part) >= MINIMUM_LENGTH and not _ARMOUR.fullmatch(part)
    }


def _forms(value: str) -> Iterator[str]:
    yield value
    yield from _base64_forms(value.encode())
    for encoded in (quote(value), quote(value, safe=""), quote_plus(value)):
        yield encoded
        yield _PERCENT_ESCAPE.sub(lambda escape: escape[0].lower(), encoded)
    for ascii_only in (True, False):
        escaped = json.dumps(value, ensure_ascii=ascii_only)[1:-1]
        yield escaped
        yield escaped.replace("/", "\\/")
    yield shlex.quote(value).removeprefix("'").removesuffix("'")
    yield value.replace("'", "'\\''")
    yield _SHELL_SPECIAL.sub(r"\\\1", value)
    yield _DOUBLE_QUOTED_SPECIAL.sub(r"\\\1", value)


def _base64_forms(value: bytes) -> Iterator[str]:
    """The characters that are the same whatever stands around the value.

    Three bytes make four characters, so there are three positions to begin at.
    """
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        alone = encode(value).decode()
        yield alone
        for length in _BASE64_LINE_LENGTHS:
            yield from (alone[at : at + length] for at in range(0, len(alone), length))
        for shift in range(3):
            encoded = encode(bytes(shift) + value).decode()
            yield encoded[(0, 2, 3)[shift] : (shift + len(value)) * 8 // 6]


def _alternation(words: Iterable[str]) -> str:
    """A regular expression for any of these words of one length, without going back:
    words that begin alike share their beginning.
    """
    following: dict[str, list[str]] = defaultdict(list)
    for word in words:
        following[word[:1]].append(word[1:])
    branches = [
        re.escape(first) + (_alternation(rest) if rest[0] else "")
        for first, rest in sorted(following.items())
    ]
    return branches[0] if len(branches) == 1 else f"(?:{'|'.join(branches)})"
