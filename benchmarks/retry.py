"""How long after a retry the first remote command speaks; every process is real."""

import time
from datetime import datetime
from uuid import UUID

from benchmarks import figures
from benchmarks.bench import Bench
from benchmarks.plain import CURVE25519
from deployments.models import Deployment, Event
from deployments.models.events import Kind
from deployments.services import deploy
from tests.faults.console import Api
from tests.processes import Console, Running, empty_broker, wait_until

#: It says something and goes on, as builds do, and fails, so that it can be retried.
BUILD = "echo begun; sleep {seconds}; exit 1"
ENDING_SECONDS = 30

POST = "`POST …/retry` sent → answered"
CLAIMED = "answered → claimed by the worker"
STORED = "answered → first line of the first remote command stored"
YARDSTICK = "`ssh host 'echo begun'` started → its line read"


def measure(
    bench: Bench, rounds: int, console: Console, *, build_seconds: float = 1
) -> str:
    """Retry again and again, and between two retries run the yardstick; Markdown."""
    environment = bench.environment(
        "retry", build_command=BUILD.format(seconds=build_seconds)
    )
    milliseconds: dict[str, list[float]] = {
        name: [] for name in (POST, CLAIMED, STORED, YARDSTICK)
    }
    web = _started(console)
    latest = _ended(deploy(environment, by=bench.user).pk)
    for number in range(rounds + 1):
        latest, times = _retry(bench, web, latest)
        times[YARDSTICK] = bench.ssh.first_line("echo begun", CURVE25519)
        for name, seconds in times.items():
            if number:
                milliseconds[name].append(seconds * 1000)
    rows = [
        (name, *figures.percentiles(values), f"{min(values):.0f}–{max(values):.0f}")
        for name, values in milliseconds.items()
    ]
    return figures.table(("Retry", "p50 ms", "p95 ms", "min–max ms"), rows)


def _started(console: Console) -> Running:
    """The web process, beside a worker and a dispatcher."""
    empty_broker()
    console.worker()
    console.dispatcher()
    return console.web()


def _retry(
    bench: Bench, web: Running, failed: Deployment
) -> tuple[Deployment, dict[str, float]]:
    api = Api(web, bench.user)
    answer = api.post(f"/deployments/{failed.pk}/retry")
    answered = time.time()
    assert answer.status == 200, answer.body
    retried = _ended(UUID(answer.body["id"]))
    assert retried.started_at is not None
    times = {
        POST: answer.seconds,
        CLAIMED: retried.started_at.timestamp() - answered,
        STORED: _first_line_stored(retried).timestamp() - answered,
    }
    return retried, times


def _ended(pk: UUID) -> Deployment:
    rows = Deployment.objects.filter(pk=pk)
    wait_until(
        lambda: rows.get().is_terminal,
        seconds=ENDING_SECONDS,
        what="the deployment has ended",
    )
    ended = rows.get()
    assert ended.error_code == "command_failed", ended.error_message
    return ended


def _first_line_stored(deployment: Deployment) -> datetime:
    events = Event.objects.filter(deployment=deployment, kind=Kind.LOG, step="build")
    first = events.order_by("seq")[0]
    assert first.text.startswith("begun\n")
    return first.created_at
