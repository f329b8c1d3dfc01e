"""Measure on every back end that is installed: ``python -m benchmarks``.

With ``--write`` the figures replace those in docs/performance.md. ``--quick`` shows in
a minute that everything runs; its figures mean nothing.
"""

import argparse
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import machine, places
from tests import backends

ROOT = Path(__file__).resolve().parent.parent
PAGE = ROOT / "docs" / "performance.md"
BEGIN = "<!-- begin of what `python -m benchmarks --write` has written -->"
END = "<!-- end of what `python -m benchmarks --write` has written -->"


def main() -> None:
    """Print the figures as Markdown, and put them into the page if asked to."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks", description=__doc__)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--write", action="store_true")
    arguments = parser.parse_args()
    text = figures("quick" if arguments.quick else "full")
    print(text)
    if arguments.write:
        PAGE.write_text(embedded(PAGE.read_text(), text))


def figures(rounds: str) -> str:
    """One section for each back end, after the description of the machine."""
    before = machine.load()
    sections = []
    for backend, title in backends.TITLES.items():
        if lacking := backends.missing(backend):
            body = f"Not measured: {', '.join(lacking)} not installed."
        else:
            print(f"Measuring on {title} …", file=sys.stderr)
            body = _section(backend, rounds)
        sections.append(f"### {title}\n\n{body}")
    load = f"- Load (runnable processes): {before} before, {machine.load()} after"
    return "\n\n".join([f"{machine.description()}\n{load}", *sections])


def embedded(page: str, text: str) -> str:
    """The page with ``text`` between its two marks."""
    before, _, rest = page.partition(BEGIN)
    _, _, after = rest.partition(END)
    return f"{before}{BEGIN}\n\n{text}\n\n{END}{after}"


def _section(backend: str, rounds: str) -> str:
    with places.started(backend) as variables, tempfile.NamedTemporaryFile() as file:
        command = [sys.executable, "-m", "benchmarks.section", file.name, rounds]
        subprocess.run(command, cwd=ROOT, env=variables, check=True)
        return Path(file.name).read_text()


if __name__ == "__main__":
    main()
