"""systemctl, journalctl, loginctl, sudo and id, as far as a deployment uses them.

Started as ``programs.py FOLDER NAME ARGUMENT…``; needs the standard library only.
"""
# ruff: noqa: T201, S606 - programs print, and become other programs

import configparser
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path

STOP_SECONDS = 5.0
NOT_BOOTED = (
    "System has not been booted with systemd as init system (PID 1). Can't operate.\n"
    "Failed to connect to bus: Host is down"
)
NO_BUS = "Failed to connect to bus: No medium found"
SEE_LOGS = "See system logs and 'systemctl status {0}' for details."
AUTHENTICATION = "Failed to restart {0}: Interactive authentication required.\n" + (
    SEE_LOGS
)
NOT_FOUND = "Failed to restart {0}: Unit {0} not found."
MASKED = "Failed to restart {0}: Unit {0} is masked."
BAD_SETTING = "Failed to restart {0}: Unit {0} has a bad unit file setting.\n" + (
    SEE_LOGS
)
JOB_FAILED = (
    "Job for {0} failed because the control process exited with error code.\n"
    'See "systemctl status {0}" and "journalctl -xeu {0}" for details.'
)


def main(folder: Path, program: str, arguments: list[str]) -> None:
    facts = json.loads((folder / "facts.json").read_text())
    match program:
        case "systemctl":
            systemctl(folder, facts, arguments)
        case "journalctl":
            journalctl(folder, arguments)
        case "loginctl":
            print("yes" if facts["lingers"] else "no")
        case "sudo":
            sudo(facts, arguments)
        case "id":
            identify(facts, arguments)


def systemctl(folder: Path, facts: dict[str, bool], arguments: list[str]) -> None:
    scope = "user" if "--user" in arguments else "system"
    verb, name = [word for word in arguments if not word.startswith("-")]
    if not facts["is_booted"]:
        fail(1, NOT_BOOTED)
    if scope == "user" and not (
        facts["has_manager"] and "XDG_RUNTIME_DIR" in os.environ
    ):
        fail(1, NO_BUS)
    service = Service(folder / scope, name)
    if verb == "restart":
        is_allowed = scope == "user" or facts["is_root"] or "SUDO_USER" in os.environ
        if not is_allowed:
            fail(4, AUTHENTICATION.format(name))
        service.restart()
    elif verb == "is-active":
        print(service.state)
        sys.exit(0 if service.state == "active" else 3)
    elif verb == "status":
        service.tell()
        sys.exit(0 if service.state == "active" else 3)


class Service:
    """One unit: its file, its process, its journal of each start."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.folder = folder
        self.file = folder / name
        self.pid_file = folder / f"{name}.pid"

    @property
    def state(self) -> str:
        if not self.pid_file.exists():
            return "inactive"
        return "active" if runs(int(self.pid_file.read_text())) else "failed"

    def restart(self) -> None:
        unit = self._load()
        self._stop()
        self.pid_file.write_text(str(self._start(unit["Service"])))
        # Type=notify waits until the service says that it is ready.
        if unit["Service"].get("Type") == "notify" and self.state != "active":
            fail(1, JOB_FAILED.format(self.name))

    def tell(self) -> None:
        mark = "●" if self.state == "active" else "\N{MULTIPLICATION SIGN}"
        print(f"{mark} {self.name} - {self.name}")
        print(f"     Loaded: loaded ({self.file}; enabled; preset: enabled)")
        result = "" if self.state == "active" else " (Result: exit-code)"
        print(f"     Active: {self.state}{result} since {time.ctime()}; 1s ago")

    def _load(self) -> configparser.ConfigParser:
        if not self.file.exists():
            fail(5, NOT_FOUND.format(self.name))
        if self.file.is_symlink():
            fail(1, MASKED.format(self.name))
        unit = configparser.ConfigParser(interpolation=None, strict=False)
        unit.optionxform = str  # type: ignore[assignment,method-assign]
        unit.read_string(self.file.read_text())
        if not unit.get("Service", "ExecStart", fallback="").startswith("/"):
            fail(1, BAD_SETTING.format(self.name))
        return unit

    def _stop(self) -> None:
        if self.state != "active":
            return
        pid = int(self.pid_file.read_text())
        os.killpg(pid, signal.SIGTERM)
        until = time.monotonic() + STOP_SECONDS
        while runs(pid) and time.monotonic() < until:
            time.sleep(0.01)
        if runs(pid):
            os.killpg(pid, signal.SIGKILL)

    def _start(self, service: configparser.SectionProxy) -> int:
        """A service has a clean environment and what its unit gives it."""
        environment = {"PATH": "/usr/local/bin:/usr/bin:/bin", "LANG": "C.UTF-8"}
        environment |= assignments(shlex.split(service.get("Environment", "")))
        if file := service.get("EnvironmentFile"):
            environment |= assignments(Path(file).read_text().splitlines())
        journal = self.folder / f"{self.name}.journal.{time.time_ns()}"
        with journal.open("wb") as output:
            return subprocess.Popen(
                [
                    "/bin/sh",
                    "-c",
                    'exec "$@"',
                    "sh",
                    *shlex.split(service["ExecStart"]),
                ],
                cwd=service.get("WorkingDirectory", "/"),
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            ).pid


def journalctl(folder: Path, arguments: list[str]) -> None:
    options = dict(word.partition("=")[::2] for word in arguments)
    scope = "user" if "--user-unit" in options else "system"
    name = options.get("--user-unit") or options["--unit"]
    since = int(options["--since"].removeprefix("@"))
    for journal in sorted((folder / scope).glob(f"{name}.journal.*")):
        if int(journal.suffix[1:]) >= since * 10**9:
            sys.stdout.write(journal.read_text())


def sudo(facts: dict[str, bool], arguments: list[str]) -> None:
    if not facts["sudo_allows"]:
        fail(1, "sudo: a password is required")
    words = [word for word in arguments if word != "-n"]
    os.environ["SUDO_USER"] = "deploy"
    os.execvp(words[0], words)


def identify(facts: dict[str, bool], arguments: list[str]) -> None:
    if arguments == ["-u"]:
        print(0 if facts["is_root"] else 1000)
    else:
        os.execv("/usr/bin/id", ["id", *arguments])


def runs(pid: int) -> bool:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return False
    return stat.rpartition(")")[2].split()[0] not in "ZX"


def assignments(lines: list[str]) -> dict[str, str]:
    pairs = (line.partition("=") for line in lines if "=" in line)
    return {name: value.strip("\"'") for name, _, value in pairs}


def fail(code: int, text: str) -> None:
    print(text, file=sys.stderr)
    sys.exit(code)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2], sys.argv[3:])
