"""One soak from its first process to its report."""

import os
import signal
import threading
import time
import traceback
from contextlib import ExitStack
from pathlib import Path

import pytest

from tests.soak import commands, faults, machine, report
from tests.soak.faults import Happened
from tests.soak.invariants import Violation, of_answers
from tests.soak.observer import Observer, wait_for_ends
from tests.soak.people import BASE, Caller, Journal, Person
from tests.soak.places import Places
from tests.soak.world import PEOPLE, Site, World

SETTLE_SECONDS = 170
STOP_SECONDS = 45
TRIES = 3


def soak(places: Places, *, minutes: float, seed: int) -> int:
    """The exit code: 1 when something was violated; the evidence is kept then."""
    violations: list[Violation] = []
    try:
        with ExitStack() as stack:
            world = World(places, seed, stack)
            violations = _watch(world, minutes)
    except KeyboardInterrupt:
        print("Interrupted; everything is stopped and removed.")
        return 130
    finally:
        places.remove(keep_logs=bool(violations))
    if violations:
        print(f"The evidence is in {places.logs}")
    return 1 if violations else 0


def _watch(world: World, minutes: float) -> list[Violation]:
    journal = Journal()
    happened: list[Happened] = []
    observer = Observer(world)
    people = [Person(world, name, journal) for name in ("dora", *PEOPLE)]
    died: list[Violation] = []
    threading.excepthook = lambda failure: died.append(_death(failure))
    end = time.monotonic() + minutes * 60
    for actor in (observer, *people):
        actor.start()
    violations = _play(world, end, happened)
    world.is_over.set()
    for person in people:
        person.join()
    observer.stop()
    violations += _settle(world, observer, journal)
    violations += [*observer.violations.values(), *journal.violations, *died]
    violations += [
        Violation("not_ready_again", fault.kind, f"{fault}")
        for fault in happened
        if fault.ready_after is None
    ]
    text = report.text(observer.rows, happened, journal, violations)
    print(text)
    if violations:
        report.keep_evidence(world.places.logs, observer.rows, violations, text)
        _keep_traces(world, world.places.logs)
    return violations


def _death(failure: threading.ExceptHookArgs) -> Violation:
    """Whoever asks or acts no more must not make a soak look good."""
    trace = traceback.format_exception(failure.exc_value)
    name = failure.thread.name if failure.thread else "?"
    return Violation("actor_died", name, "".join(trace))


def _play(world: World, end: float, happened: list[Happened]) -> list[Violation]:
    try:
        faults.play(world, world.random("faults"), end, happened)
    except pytest.fail.Exception as failure:
        return [Violation("could_not_go_on", "faults", str(failure))]
    return []


def _settle(world: World, observer: Observer, journal: Journal) -> list[Violation]:
    """Nothing is broken any more: all ends, everything deploys, nothing is left."""
    deadline = time.monotonic() + SETTLE_SECONDS
    violations = []
    if faults.ready(world, 60) is None:
        violations.append(Violation("not_ready", "/readyz", "60 s after the faults"))
    wait_for_ends(observer, deadline)
    violations += of_answers(journal.accepted, journal.keys, observer.rows)
    caller = Caller(world, "dora", journal)
    violations += [
        Violation("does_not_deploy", site.name, last)
        for site in world.sites
        if (last := _deploy_in_peace(site, caller, observer, deadline)) != "success"
    ]
    observer.look()
    violations += observer.leftovers()
    violations += machine.growth(world.console.everything)
    violations += _stop(world)
    return violations + list(machine.complaints(world.places.logs))


def _deploy_in_peace(
    site: Site, caller: Caller, observer: Observer, deadline: float
) -> str:
    """How a plain deployment ended. A holder of the lock that died on the server is
    known to be dead after 20 seconds, so that refusal may be asked again.
    """
    environment = f"{BASE}/environments/{site.key}"
    caller.ask("change", "PATCH", environment, commands.peaceful(site.trace))
    last = ""
    for _ in range(TRIES):
        status, body = caller.ask("deploy", "POST", f"{environment}/deployments", {})
        if status != 201:
            return f"{status} {body}"
        wait_for_ends(observer, deadline)
        row = next(row for row in observer.rows if row.id == body["id"])
        last = row.status if row.status == "success" else f"{row}"
        if row.error_code != "target_busy":
            break
        time.sleep(10)
    return last


def _stop(world: World) -> list[Violation]:
    """As an operator does; each must end by itself."""
    everything = world.console.everything
    for running in everything:
        running.send(signal.SIGTERM)
    deadline = time.monotonic() + STOP_SECONDS
    while any(r.is_alive() for r in everything) and time.monotonic() < deadline:
        time.sleep(0.2)
    stuck = [
        Violation("does_not_stop", f"{running.name} {running.pid}")
        for running in everything
        if running.is_alive()
    ]
    world.console.end()
    return stuck + machine.orphans(world.places.data, os.getpid())


def _keep_traces(world: World, logs: Path) -> None:
    for site in world.sites:
        (logs / site.trace.name).write_text(site.trace.read_text(errors="replace"))
