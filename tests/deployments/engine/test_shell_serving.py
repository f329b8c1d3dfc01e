"""The old version serves until the new one is right: visitors see no error."""

import threading
import urllib.request
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer

import pytest

from tests.deployments.engine.lab import Lab, wait_until


class Visitor:
    """Asks for a page again and again; every answer that is not one is an error."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.seen: list[str] = []
        self.errors: list[str] = []
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._ask_on)

    def __enter__(self) -> "Visitor":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def wait_for(self, page: str) -> None:
        wait_until(lambda: self.seen[-1:] == [page], f"the page {page!r}")

    def wait_for_more(self) -> None:
        count = len(self.seen) + 20
        wait_until(lambda: len(self.seen) > count, "more visits")

    def _ask_on(self) -> None:
        while not self._over.is_set():
            try:
                with urllib.request.urlopen(self.url, timeout=10) as answer:
                    self.seen.append(answer.read().decode().strip())
            except OSError as error:
                self.errors.append(str(error))


@pytest.fixture
def visitor(lab: Lab) -> Iterator[Visitor]:
    """Visits what a web server reads by way of ``current``."""
    lab.succeed()
    handler = partial(_Handler, directory=str(lab.path / "current"))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/app.txt"
        with Visitor(url) as visitor:
            visitor.wait_for("one")
            yield visitor
        server.shutdown()
        thread.join()


def test_visitors_see_no_error_whatever_becomes_of_a_deployment(
    lab: Lab, visitor: Visitor
) -> None:
    url = visitor.url
    lab.origin.commit("Two", {"app.txt": "two\n"})

    failed = lab.deploy(build_command="sleep 0.3; exit 3")
    visitor.wait_for_more()
    assert failed.error is not None
    assert set(visitor.seen) == {"one"}, "before the switch nobody sees the new one"

    unhealthy = lab.deploy(
        health_check_url=url,
        health_check_command="sleep 0.3; false",
        health_check_timeout_seconds=1,
    )
    assert unhealthy.code == "health_check_failed"
    assert "two" in visitor.seen, "it was live while it was checked"
    visitor.wait_for("one")

    lab.succeed(health_check_url=url, keep_releases=1)
    visitor.wait_for("two")

    assert visitor.errors == []
    assert set(visitor.seen) == {"one", "two"}
    assert len(visitor.seen) > 100


class _Handler(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Say nothing."""
