"""End the old server, start the new one, and see to it that a reboot does the same."""

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

RELEASE = Path.cwd()
DEPLOY_PATH = RELEASE.parent.parent
PORT = os.environ["PORT"]
RUN = DEPLOY_PATH / "run"  # beside releases/, because it outlives each of them
PID = RUN / "site.pid"


def is_running(pid: int) -> bool:
    """Whether this number is still our server's: after a reboot it may be another's."""
    try:
        command = Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return False
    return str(DEPLOY_PATH).encode() in command


def stop() -> None:
    if not PID.exists():
        return
    pid = int(PID.read_text())
    for number in (signal.SIGTERM, signal.SIGKILL):
        deadline = time.monotonic() + 5
        while is_running(pid) and time.monotonic() < deadline:
            os.kill(pid, number)
            time.sleep(0.05)


def start() -> int:
    server = [sys.executable, "-m", "http.server", PORT, "--bind", "127.0.0.1"]
    with (RUN / "site.log").open("ab") as log:
        return subprocess.Popen(
            [*server, "--directory", str(RELEASE / "public")],
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        ).pid


def start_at_boot() -> None:
    """The bundled sandbox server runs what lies here when it is switched on."""
    boot = Path.home() / ".boot"
    boot.mkdir(exist_ok=True)
    script = f"cd '{DEPLOY_PATH}/current' && PORT={PORT} exec python3 restart.py\n"
    (boot / f"{DEPLOY_PATH.parent.name}-{DEPLOY_PATH.name}.sh").write_text(script)


RUN.mkdir(exist_ok=True)
stop()
PID.write_text(str(start()))
start_at_boot()
print(f"serving {RELEASE.name} on port {PORT}")
