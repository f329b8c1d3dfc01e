"""The processes of OEC from outside: what they hold, print and leave behind."""

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tests.processes import Running
from tests.soak.invariants import Violation

#: Bounds of one process after a soak, at rest.
MOST = {"threads": 80, "descriptors": 250, "megabytes": 600}
#: What a process may print while its database, broker or clients are away.
ALLOWED = re.compile(
    r"^(redis\.exceptions\.|kombu\.exceptions\.OperationalError|psycopg\.|psycopg_pool\."
    r"|django\.db\.utils\.(OperationalError|InterfaceError)|ConnectionResetError"
    r"|ConnectionRefusedError|BrokenPipeError|TimeoutError|asyncio\..*CancelledError)"
)
TRACE = re.compile(
    r"^Traceback \(most recent call last\):\n(?:[ \t].*\n|\n)*(\S.*)", re.MULTILINE
)


def holdings(running: Running) -> dict[str, int]:
    folder = Path("/proc") / str(running.pid)
    status = (folder / "status").read_text()
    values = dict(re.findall(r"^(Threads|VmRSS):\s+(\d+)", status, re.MULTILINE))
    return {
        "threads": int(values["Threads"]),
        "descriptors": len(list((folder / "fd").iterdir())),
        "megabytes": int(values["VmRSS"]) // 1024,
    }


def growth(processes: Iterable[Running]) -> list[Violation]:
    return [
        Violation("grows", f"{running.name} {running.pid}", f"{what}: {amount}")
        for running in processes
        if running.is_alive()
        for what, amount in holdings(running).items()
        if amount > MOST[what]
    ]


def complaints(logs: Path) -> Iterator[Violation]:
    """Tracebacks that no outage explains, each kind once."""
    for file in sorted(logs.glob("*.log")):
        text = file.read_text(errors="replace")
        for match in TRACE.finditer(text):
            if not ALLOWED.match(match[1]):
                yield Violation("traceback", match[1][:120], f"{file.name}: {match[0]}")


def orphans(data: Path, own: int) -> list[Violation]:
    """Processes that carry the folder of this soak in their environment."""
    marker = f"OEC_DATA_DIR={data}".encode()
    violations = []
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            is_ours = marker in (folder / "environ").read_bytes().split(b"\0")
            command = (folder / "cmdline").read_bytes().replace(b"\0", b" ").decode()
        except OSError:
            continue
        # Redis and PostgreSQL are stopped later, and by name.
        is_server = re.search(r"redis-server|postgres|sshd", command)
        if is_ours and not is_server and int(folder.name) != own and command:
            violations.append(Violation("orphan", folder.name, command))
    return violations
