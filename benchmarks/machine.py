"""Where and on what the figures were made."""

import os
import platform
import re
import subprocess
import tempfile
import timeit
from datetime import UTC, datetime
from importlib.metadata import version
from pathlib import Path

from benchmarks import places
from tests import backends

PACKAGES = ("Django", "paramiko", "cryptography", "celery", "uvicorn", "psycopg")
PROGRAMS = {
    "OpenSSH": ("ssh", "-V"),
    "Git": ("git", "--version"),
    "PostgreSQL": ("postgres", "--version"),
    "Redis": ("redis-server", "--version"),
}
NUMBERS = 3_000_000
VERSION = re.compile(r"\d+\.\d+[.\w]*")


def description() -> str:
    """One Markdown list: when, which processor and system, which versions."""
    folder = tempfile.gettempdir()
    server = places.MEMORY if places.MEMORY.is_dir() else folder
    facts = {
        "Date": f"{datetime.now(UTC):%Y-%m-%d}",
        "Machine": f"{os.cpu_count()} cores, {_processor()}, {platform.platform()}",
        "Files": f"{_file_system(folder)} for databases, mirrors and broker; "
        f"{_file_system(server)} for the server and the origin",
        "Python": f"{platform.python_version()}, "
        + ", ".join(f"{name} {version(name)}" for name in PACKAGES),
        "Yardstick": f"{_yardstick():.0f} ms to sum {NUMBERS:,} numbers of a generator "
        "in Python",
        "Programs": ", ".join(
            f"{name} {_version(path, option)}"
            for name, (program, option) in PROGRAMS.items()
            if (path := backends.find(program))
        ),
    }
    return "\n".join(f"- {name}: {fact}" for name, fact in facts.items())


def load() -> str:
    """What the machine had to do during the last minute, whoever it was for."""
    return f"{os.getloadavg()[0]:.1f}"


def _yardstick() -> float:
    """Milliseconds, the best of three: how fast Python is here, without OEC."""
    return 1000 * min(
        timeit.repeat(lambda: sum(n for n in range(NUMBERS)), number=1, repeat=3)
    )


def _processor() -> str:
    for line in Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.partition(":")[2].strip()
    return platform.machine()


def _file_system(folder: str | Path) -> str:
    return _said("df", "--output=fstype", folder).split()[-1]


def _version(program: str, option: str) -> str:
    match = VERSION.search(_said(program, option))
    return match[0] if match else "of unknown version"


def _said(*command: str | Path) -> str:
    finished = subprocess.run(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, check=True, text=True
    )
    return finished.stdout.strip()
