"""People who deploy, retry, roll back and change their minds, through the REST door."""

import json
import threading
import urllib.error
import urllib.request
from collections import Counter, defaultdict
from http.client import HTTPException
from random import Random
from typing import Any

from tests.soak import commands
from tests.soak.invariants import Violation
from tests.soak.world import Site, World

BASE = "/api/v1"
AWAY = 0
VERBS = {
    "failed": ("retry", "retry", "retry", "redeploy", "rollback"),
    "success": ("redeploy", "rollback", "deploy", "deploy"),
    "cancelled": ("redeploy", "deploy", "rollback"),
    "running": ("cancel", "look", "look", "deploy"),
    "pending": ("cancel", "look", "look", "retry"),
    "": ("deploy",),
}


class Journal:
    """What was asked and answered."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self.accepted: dict[str, str] = {}
        self.keys: dict[str, set[str]] = defaultdict(set)
        self.answers: Counter[tuple[str, int]] = Counter()
        self.violations: list[Violation] = []

    def note(self, verb: str, status: int, body: Any, key: str) -> None:
        with self._lock:
            self.answers[verb, status] += 1
            if status >= 500 and status != 503:
                context = f"{status} {str(body)[:500]}"
                self.violations.append(Violation("server_error", verb, context))
            if status in (200, 201) and verb not in ("look", "change"):
                self.accepted[body["id"]] = verb
                if key:
                    self.keys[key].add(body["id"])


class Caller:
    """One person's way to whichever web process is asked."""

    def __init__(self, world: World, name: str, journal: Journal) -> None:
        self._world = world
        self._token = world.tokens[name]
        self._journal = journal
        self.rng = world.random(name)

    def ask(
        self, verb: str, method: str, path: str, body: Any = None, key: str = ""
    ) -> tuple[int, Any]:
        url = self.rng.choice(self._world.console.parts["web"]).url
        headers = {"Authorization": f"Bearer {self._token}"}
        data = None if body is None else json.dumps(body).encode()
        if data is not None:
            headers["Content-Type"] = "application/json"
        if key:
            headers["Idempotency-Key"] = key
        status, text = send(
            urllib.request.Request(f"{url}{path}", data, headers, method=method)
        )
        answer = _read(text)
        self._journal.note(verb, status, answer, key)
        return status, answer


class Person(threading.Thread):
    def __init__(self, world: World, name: str, journal: Journal) -> None:
        super().__init__(name=name, daemon=True)
        self._world = world
        self._caller = Caller(world, name, journal)
        self._rng: Random = self._caller.rng
        self._clicks = 0

    def run(self) -> None:
        while not self._world.is_over.wait(self._rng.uniform(0.3, 2.5)):
            self._act(self._rng.choice(self._world.sites))

    def _act(self, site: Site) -> None:
        path = f"{BASE}/environments/{site.key}/deployments"
        status, body = self._caller.ask("look", "GET", f"{path}?limit=3")
        if status != 200:
            return
        newest = body["items"][0] if body["items"] else {"status": ""}
        verb = self._rng.choice(VERBS[newest["status"]])
        if verb == "deploy":
            self._prepare(site)
            self._press(verb, path)
        elif verb != "look":
            self._press(verb, f"{BASE}/deployments/{newest['id']}/{verb}")

    def _prepare(self, site: Site) -> None:
        if self._rng.random() < 0.7:
            body = commands.choose(self._rng, site.trace)
            path = f"{BASE}/environments/{site.key}"
            self._caller.ask("change", "PATCH", path, body)

    def _press(self, verb: str, path: str) -> None:
        """Once, or twice with one key, or followed by a change of mind."""
        self._clicks += 1
        is_double = self._rng.random() < 0.4
        key = f"{self.name}-{self._clicks}" if is_double else ""
        status, body = self._caller.ask(verb, "POST", path, {}, key)
        if is_double:
            again, body_again = self._caller.ask(verb, "POST", path, {}, key)
            if status == AWAY:
                status, body = again, body_again
        if status in (200, 201) and verb != "cancel" and self._rng.random() < 0.25:
            self._world.is_over.wait(self._rng.uniform(0, 8))
            cancel = f"{BASE}/deployments/{body['id']}/cancel"
            self._caller.ask("cancel", "POST", cancel, {})


def send(request: urllib.request.Request, seconds: float = 30) -> tuple[int, str]:
    """Status and body; ``AWAY`` where nobody answered."""
    try:
        with urllib.request.urlopen(request, timeout=seconds) as response:
            return response.status, response.read().decode()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(errors="replace")
    except (OSError, HTTPException):
        return AWAY, ""


def _read(text: str) -> Any:
    try:
        return json.loads(text)
    except ValueError:
        return text
