"""What stands in for other machines, and the only place that names our own modules.

Nothing is rung: a bell rings after a commit, and nothing here is ever committed. What
is said to listen on port 1 of the loopback address really refuses; for port 2222
the functions below answer.
"""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from types import SimpleNamespace
from typing import Any
from unittest import mock

from django.utils.module_loading import import_string

from tests.answers.world import HOST_KEY, REACHED

SCAN_HOST_KEY = "deployments.engine.ssh.scan_host_key"
INSPECT = "deployments.engine.inspection.inspect"


@contextmanager
def stood_in() -> Iterator[None]:
    with ExitStack() as stack:
        for target, make in ((SCAN_HOST_KEY, _scan), (INSPECT, _inspect)):
            double = make(import_string(target))
            stack.enter_context(mock.patch(target, double))
        yield


def _scan(really: Callable[..., str]) -> Callable[..., str]:
    def scan_host_key(host: str, port: int, **options: Any) -> str:
        if port == REACHED["port"]:
            return HOST_KEY
        return really(host, port, **options)

    return scan_host_key


def _inspect(really: Callable[..., None]) -> Callable[..., None]:
    def inspect(subject: Any, report: Callable[[Any], None]) -> None:
        if subject.target.port != REACHED["port"]:
            return really(subject, report)
        for name, state in (("connection", "ok"), ("disk", "warning")):
            report(_finding(name, state, "As the edge of the test has it."))
        return None

    return inspect


def _finding(name: str, state: str, sentence: str) -> Any:
    return SimpleNamespace(
        name=name, state=SimpleNamespace(value=state), sentence=sentence, facts={}
    )
