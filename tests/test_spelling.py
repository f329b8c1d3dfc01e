"""One spelling: British, with -ize where Oxford has it (organization, cancelled)."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FOLDERS = (
    "benchmarks",
    "deployments",
    "docs",
    "oec",
    "projects",
    "static",
    "templates",
)
SUFFIXES = {".css", ".html", ".js", ".md", ".py", ".sh"}
#: What is there in the words of others: the output of tools, code that is not ours.
THEIRS = {"areas", "migrations", "vendor"}

#: What comes before -ize, -ized, -izing, -izer and -ization.
IZE = (
    "author canonical capital categor central character custom emphas equal final "
    "general initial item local maxim memor minim modern normal optim organ parametr "
    "penal priorit real recogn sanit serial special stabil standard summar symbol "
    "synchron token util virtual visual"
).split()
#: Beginnings of words as Americans write them. CSS has its own color and center.
AMERICAN = (
    "analyz artifact behavior canceled canceling catalog(?!u) colored defense favor "
    "fulfill gray honor labeled labeling license neighbor signaled signaling"
).split()
ELSEWHERE = re.compile(
    rf"\b(?:(?:{'|'.join(IZE)})is(?:e|ing|ation|able)|{'|'.join(AMERICAN)})",
    re.IGNORECASE,
)
CSS = {"scroll-behavior"}


def pages() -> Iterator[Path]:
    yield from sorted(ROOT.glob("*.md"))
    for folder in (*FOLDERS, "tests"):
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in SUFFIXES and THEIRS.isdisjoint(path.parts):
                yield path


def test_everything_is_spelt_alike() -> None:
    otherwise = [
        f"{path.relative_to(ROOT)}:{number}: {word}"
        for path in pages()
        for number, line in enumerate(path.read_text().splitlines(), 1)
        for word in re.findall(r"[\w-]+", line)
        if ELSEWHERE.search(word) and word not in CSS and path != Path(__file__)
    ]
    assert otherwise == []
