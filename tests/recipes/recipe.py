"""A page of docs/recipes as what it tells people to enter, to write and to run."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).resolve().parents[2] / "docs" / "recipes"
FENCED = re.compile(r"^```(\w*)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
NAMED = re.compile(r"`([^`]+)`")


class Recipe:
    """``replaced`` says what stands on the page and what a test has instead."""

    def __init__(self, name: str, replaced: Mapping[str, str]) -> None:
        text = (FOLDER / name).read_text()
        for theirs, ours in replaced.items():
            assert theirs in text, f"{name} does not mention {theirs}"
            text = text.replace(theirs, ours)
        self._pieces = FENCED.split(text)

    @property
    def settings(self) -> dict[str, Any]:
        """Those of the environment, as the API takes them."""
        (text,) = [body for _, language, body in self._blocks() if language == "toml"]
        return tomllib.loads(text)

    def file(self, name: str) -> str:
        """The block below the paragraph that begins with this file's name."""
        (text,) = [body for named, _, body in self._blocks() if named == name]
        return text

    def _blocks(self) -> list[tuple[str, str, str]]:
        """Of each fenced block: the file it is (or nothing), its language, its text."""
        before, languages, bodies = (self._pieces[n::3] for n in range(3))
        paragraphs = [text.strip().rpartition("\n\n")[2] for text in before]
        names = [NAMED.match(paragraph) for paragraph in paragraphs]
        return [
            (name[1] if name else "", language, body)
            for name, language, body in zip(names, languages, bodies, strict=False)
        ]
