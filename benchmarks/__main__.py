"""Measure on every back end that is installed: ``python -m benchmarks``.

With the name of a part it measures that alone: ``python -m benchmarks requests``.
With ``--write`` the figures of all parts replace those in docs/performance.md.
``--quick`` shows in a few minutes that everything runs; its figures mean nothing.
"""

import argparse
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path

from benchmarks import machine, places, requests
from benchmarks.rounds import ROUNDS
from tests import backends

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN = "<!-- begin of what `python -m benchmarks --write` has written -->"
END = "<!-- end of what `python -m benchmarks --write` has written -->"
#: The parts that are measured with one server, one origin and the same people.
SHARING = ("deploy", "retry", "logs")
PARTS = (*SHARING, "requests")


def main() -> None:
    """Print the figures as Markdown, and put them into the page if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("part", nargs="?", choices=PARTS)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    if arguments.write and arguments.part:
        parser.error("--write needs every part")
    parts = [arguments.part] if arguments.part else PARTS
    text = figures("quick" if arguments.quick else "full", parts)
    print(text)
    if arguments.write:
        PAGE.write_text(embedded(PAGE.read_text(), text))


def figures(rounds: str, parts: Sequence[str]) -> str:
    """One section for each back end, after the description of the machine."""
    before = machine.load()
    sections = []
    for backend, title in backends.TITLES.items():
        if lacking := backends.missing(backend):
            body = f"Not measured: {', '.join(lacking)} not installed."
        else:
            print(f"Measuring on {title} …", file=sys.stderr)
            body = _section(backend, rounds, parts)
        sections.append(f"### {title}\n\n{body}")
    load = f"- Load (runnable processes): {before} before, {machine.load()} after"
    return "\n\n".join([f"{machine.description()}\n{load}", *sections])


def embedded(page: str, text: str) -> str:
    """The page with ``text`` between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def _section(backend: str, rounds: str, parts: Sequence[str]) -> str:
    tables = []
    if sharing := [part for part in parts if part in SHARING]:
        tables.append(_shared(backend, rounds, sharing))
    if "requests" in parts:
        tables.append(requests.compared(backend, ROUNDS[rounds].requests))
    return "\n\n".join(tables)


def _shared(backend: str, rounds: str, parts: Sequence[str]) -> str:
    with places.started(backend) as variables, tempfile.NamedTemporaryFile() as file:
        section = [sys.executable, "-m", "benchmarks.section"]
        command = [*section, file.name, rounds, *parts]
        subprocess.run(command, cwd=ROOT, env=variables, check=True)
        return Path(file.name).read_text()


if __name__ == "__main__":
    main()
