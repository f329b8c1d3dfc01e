"""Answers without what is another one in each run."""

import base64
import hashlib
import re
from typing import Any

from tests.answers.world import DAY, GIT_HOST_KEY, HOST_KEY, World

_ID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_TIME = re.compile(r"(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d+)?(Z|\+00:00)")
_WAIT = re.compile(r"(?<=again in )\d+(?= seconds)")
_OTHERS = (
    (re.compile(r"(?<=cursor=)[^&\"]+"), "<cursor>"),
    (re.compile(r"eyJ[\w-]+\.[\w-]+\.[\w-]+"), "<token>"),
)
_KEY = re.compile(r"ssh-ed25519 [A-Za-z0-9+/=]+")
_FINGERPRINT = re.compile(r"SHA256:[A-Za-z0-9+/]{43}")
_NEW_TIME = "<time>"
#: In seconds.
A_DAY = 86_400


class Plain:
    def __init__(self, world: World) -> None:
        # Of what has its own name besides, the first name counts.
        self._names = {text: f"{{{name}}}" for name, text in world.names.items()}
        self._days = {DAY.date().isoformat(), "2024-02-28"}
        self._keys = {HOST_KEY, GIT_HOST_KEY}
        self._fingerprints = {_fingerprint(key) for key in self._keys}

    def of(self, answer: Any) -> Any:
        """The same with names for ids; new ids are counted within the answer."""
        self._new: dict[str, str] = {}
        return self._value(answer, "")

    def _value(self, value: Any, key: str) -> Any:
        if isinstance(value, dict):
            return self._object(value)
        if isinstance(value, list):
            return [self._value(part, key) for part in value]
        if isinstance(value, str):
            return "<wait>" if key == "Retry-After" else self._text(value)
        return "<seconds>" if _is_until_now(value, key) else value

    def _object(self, value: dict[str, Any]) -> dict[str, Any]:
        plain = {key: self._value(part, key) for key, part in value.items()}
        if isinstance(number := plain.get("id"), int):
            plain["id"] = self._names.get(str(number), "<new entry>")
        return plain

    def _text(self, text: str) -> str:
        text = _ID.sub(lambda match: self._name(match[0]), text)
        text = _TIME.sub(self._time, text)
        text = _WAIT.sub("<wait>", text)
        text = _KEY.sub(self._key, text)
        text = _FINGERPRINT.sub(self._fingerprint, text)
        for pattern, placeholder in _OTHERS:
            text = pattern.sub(placeholder, text)
        return text

    def _name(self, number: str) -> str:
        if number not in self._names:
            return self._new.setdefault(number, f"<new {len(self._new) + 1}>")
        return self._names[number]

    def _time(self, match: re.Match[str]) -> str:
        return match[0] if match[1] in self._days else _NEW_TIME + match[2]

    def _key(self, match: re.Match[str]) -> str:
        return match[0] if match[0] in self._keys else "ssh-ed25519 <key>"

    def _fingerprint(self, match: re.Match[str]) -> str:
        return match[0] if match[0] in self._fingerprints else "SHA256:<fingerprint>"


def _is_until_now(value: Any, key: str) -> bool:
    """How long something waits, or took that began on the world's day and ended now."""
    return key == "seconds" or (isinstance(value, float) and value > A_DAY)


def _fingerprint(key: str) -> str:
    digest = hashlib.sha256(base64.b64decode(key.split()[1])).digest()
    return f"SHA256:{base64.b64encode(digest).decode().rstrip('=')}"
