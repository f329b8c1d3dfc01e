"""Reads rows, events, logs and traces all the time, and has them judged."""

import threading
import time
import urllib.request
from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.db import InterfaceError, OperationalError, connection, transaction

from deployments.models import Deployment, Event
from projects.models import AuditEntry, Environment
from tests.soak import invariants, traces
from tests.soak.invariants import Memory, Place, Row, Violation
from tests.soak.people import send
from tests.soak.world import World

PAUSE_SECONDS = 1.5


class Observer(threading.Thread):
    def __init__(self, world: World) -> None:
        super().__init__(name="observer", daemon=True)
        self._world = world
        self._memory = Memory()
        self._over = threading.Event()
        self._read: set[str] = set()
        self._logged: set[str] = set()
        self._claims: dict[str, bool] = {}
        self._audit: dict[int, tuple[str, str]] = {}
        self.rows: list[Row] = []
        self.violations: dict[tuple[str, str], Violation] = {}
        self.rounds = 0

    def run(self) -> None:
        while not self._over.wait(PAUSE_SECONDS):
            self.look()
        connection.close()

    def stop(self) -> None:
        self._over.set()
        self.join()

    def look(self) -> bool:
        """One round; False when the database could not be asked."""
        try:
            rows, places, audit = _snapshot()
            self._report(self._memory.judge(rows, places))
            self._report(self._audited(audit))
            self.rows = rows
            for row in rows:
                if row.is_terminal and row.id not in self._read:
                    self._judge_events(row)
        except (OperationalError, InterfaceError):
            connection.close()
            return False
        self._judge_traces(rows)
        for row in rows:
            if row.id in self._read and row.id not in self._logged:
                self._judge_log(row)
        self.rounds += 1
        return True

    def _report(self, violations: Iterable[Violation]) -> None:
        for violation in violations:
            key = (violation.kind, violation.subject)
            self.violations.setdefault(key, violation)

    def _audited(self, audit: dict[int, tuple[str, str]]) -> list[Violation]:
        changed = [k for k, entry in self._audit.items() if audit.get(k) != entry]
        self._audit = audit
        return [Violation("audit_changed", str(key)) for key in changed]

    def _judge_events(self, row: Row) -> None:
        events = Event.objects.filter(deployment=UUID(row.id)).order_by("seq")
        self._report(
            invariants.of_events(row, list(events.values_list("seq", "kind", "state")))
        )
        told = events.filter(kind__in=["note", "status"])
        texts = told.values_list("text", flat=True)
        self._claims[row.id] = invariants.claims_ended(row, "\n".join(texts))
        self._read.add(row.id)

    def _judge_log(self, row: Row) -> None:
        """As a person gets it; later, when no web process can answer now."""
        url = self._world.console.parts["web"][self.rounds % 2].url
        request = urllib.request.Request(
            f"{url}/api/v1/deployments/{row.id}/log",
            headers={"Authorization": f"Bearer {self._world.tokens['dora']}"},
        )
        status, text = send(request)
        if status == 200:
            self._logged.add(row.id)
            self._report(invariants.of_log(row, text))

    def _judge_traces(self, rows: list[Row]) -> None:
        for site in self._world.sites:
            lines = traces.parse(site.trace.read_text(errors="replace"))
            self._report(traces.overlaps(site.name, lines))
            own = [row for row in rows if row.environment == site.key]
            self._report(traces.after_the_end(site.name, lines, self._ends(own)))
            for row in own:
                if row.status == "success":
                    self._report(traces.of_success(site.name, row, lines))

    def _ends(self, rows: Iterable[Row]) -> dict[int, float]:
        return {
            row.version: row.completed_at.timestamp()
            for row in rows
            if row.completed_at and self._claims.get(row.id)
        }

    def leftovers(self) -> list[Violation]:
        """At the end: what runs on the servers though every deployment has ended."""
        return [
            Violation("left_running", f"{account.name} {left.pid}", str(left))
            for account in self._world.accounts
            for left in account.processes()
            if not left.is_service and left.version
        ]


def _snapshot() -> tuple[list[Row], list[Place], dict[int, tuple[str, str]]]:
    """All of one moment."""
    with transaction.atomic():
        with connection.cursor() as cursor:
            cursor.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        facts = Deployment.objects.order_by("version").values()
        releases = Deployment.objects.values_list(
            "release_id", "release__git_commit", "release__config_digest"
        )
        by_release = {key: (commit, digest) for key, commit, digest in releases}
        rows = [_row({**fact}, *by_release[fact["release_id"]]) for fact in facts]
        places = [
            Place(*("" if key is None else str(key) for key in keys))
            for keys in Environment.objects.values_list("pk", "live_id", "previous_id")
        ]
        entries = AuditEntry.objects.values_list("pk", "action", "object_id")
        audit = {key: (action, subject) for key, action, subject in entries}
    return rows, places, audit


def _row(fact: dict[str, Any], commit: str, digest: str) -> Row:
    return Row(
        id=str(fact["id"]),
        project=str(fact["project_id"]),
        environment=str(fact["environment_id"]),
        version=fact["version"],
        status=fact["status"],
        release=str(fact["release_id"]),
        commit=commit,
        digest=digest,
        retry_of=str(fact["retry_of_id"] or ""),
        completed_at=fact["completed_at"],
        error_code=fact["error_code"],
        epoch=fact["epoch"],
        last_seq=fact["last_seq"],
        remote_outcome=fact.get("remote_outcome", ""),
    )


def wait_for_ends(observer: Observer, deadline: float) -> None:
    """Until every deployment has ended, or until the deadline."""
    while time.monotonic() < deadline:
        is_current = observer.look()
        if is_current and all(row.is_terminal for row in observer.rows):
            return
        time.sleep(PAUSE_SECONDS)
