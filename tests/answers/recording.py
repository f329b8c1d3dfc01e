"""The files below ``recorded/``, and how answers differ from them."""

import hashlib
import json
import re
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

#: Set in the environment: answers are recorded instead of compared.
WRITE = "OEC_TEST_ANSWERS_WRITE"
FOLDER = Path(__file__).parent / "recorded"
WIDTH = 100
#: A shorter object is written again wherever it occurs.
SHORT = 120
#: Refers to one of the ``parts`` of the file.
PART = "part"
#: What a request calls by its name in the world.
NAME_IN_BRACES = re.compile(r"\{([^{}]+)\}")
_ABSENT = "<absent>"


def write(name: str, answers: dict[str, Any], *, is_by_people: bool = True) -> None:
    """Objects that occur more than once stand once in the file, as its ``parts``.

    ``is_by_people``: each answer is one for each person; equal ones stand together.
    """
    if is_by_people:
        answers = {label: _grouped(answer) for label, answer in answers.items()}
    parts = _Parts(answers)
    whole = {"answers": parts.refer(answers), "parts": parts.parts}
    _file(name).write_text(_pretty(whole, "") + "\n")


def read(name: str, *, is_by_people: bool = True) -> dict[str, Any]:
    whole = json.loads(_file(name).read_text())

    def expand(value: Any) -> Any:
        if isinstance(value, list):
            return [expand(part) for part in value]
        if not isinstance(value, dict):
            return value
        if value.keys() == {PART}:
            return expand(whole["parts"][value[PART]])
        return {key: expand(part) for key, part in value.items()}

    answers = {label: expand(answer) for label, answer in whole["answers"].items()}
    if is_by_people:
        return {label: _ungrouped(groups) for label, groups in answers.items()}
    return answers


def differences(expected: Any, got: Any, where: str = "") -> Iterator[tuple[str, str]]:
    """Where two values differ, and how."""
    if isinstance(expected, dict) and isinstance(got, dict):
        for key in dict.fromkeys([*expected, *got]):
            inner = f"{where}.{key}" if where else key
            pair = expected.get(key, _ABSENT), got.get(key, _ABSENT)
            yield from differences(*pair, inner)
    elif isinstance(expected, list) and isinstance(got, list) and expected and got:
        if len(expected) != len(got):
            yield where, f"expected {len(expected)} items, got {len(got)}"
        for index, pair in enumerate(zip(expected, got, strict=False)):
            yield from differences(*pair, f"{where}.{index}")
    elif expected != got:
        yield where, f"expected {_brief(expected)}, got {_brief(got)}"


def _grouped(answers: dict[str, Any]) -> dict[str, Any]:
    """People with the same answer stand together: ``{"alice dora": …}``."""
    groups: dict[str, list[str]] = {}
    for name, answer in answers.items():
        groups.setdefault(_text(answer), []).append(name)
    return {" ".join(names): json.loads(text) for text, names in groups.items()}


def _ungrouped(groups: dict[str, Any]) -> dict[str, Any]:
    return {name: answer for names, answer in groups.items() for name in names.split()}


class _Parts:
    """Gives each object that occurs again and again a name made of what it says."""

    def __init__(self, value: Any) -> None:
        self.parts: dict[str, Any] = {}
        self._counts: Counter[str] = Counter()
        self._count(value)

    def refer(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.refer(part) for part in value]
        if not isinstance(value, dict):
            return value
        text = _text(value)
        referred = {key: self.refer(part) for key, part in value.items()}
        if self._counts[text] < 2:
            return referred
        digest = hashlib.sha256(text.encode()).hexdigest()[:6]
        name = f"{_title(value)} {digest}"
        self.parts[name] = referred
        return {PART: name}

    def _count(self, value: Any) -> None:
        if isinstance(value, list):
            for part in value:
                self._count(part)
        elif isinstance(value, dict):
            text = _text(value)
            if len(text) >= SHORT:
                self._counts[text] += 1
            # What is inside of it counts once, however often it occurs.
            if self._counts[text] < 2:
                for part in value.values():
                    self._count(part)


def _title(value: dict[str, Any]) -> str:
    if "status" in value and "headers" in value:
        body = value.get("body")
        code = body.get("code") if isinstance(body, dict) else None
        return f"{value['status']} {code or 'answer'}"
    return str(value.get("id") or value.get("name") or value.get("code") or "object")


def _text(value: Any) -> str:
    return json.dumps(value, sort_keys=True, ensure_ascii=False)


def _pretty(value: Any, indent: str) -> str:
    """On one line what fits, otherwise each member on lines of its own."""
    text = _text(value)
    if len(indent) + len(text) <= WIDTH or not isinstance(value, dict | list):
        return text
    inner = f"{indent} "
    if isinstance(value, dict):
        lines = [
            f"{inner}{_text(key)}: {_pretty(value[key], inner)}"
            for key in sorted(value)
        ]
        return "{\n" + ",\n".join(lines) + f"\n{indent}}}"
    lines = [inner + _pretty(part, inner) for part in value]
    return "[\n" + ",\n".join(lines) + f"\n{indent}]"


def _brief(value: Any) -> str:
    text = _text(value)
    return text if len(text) <= 300 else f"{text[:300]}…"


def _file(name: str) -> Path:
    return FOLDER / f"{name}.json"
