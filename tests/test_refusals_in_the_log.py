"""A refused request is told in the log without a traceback; a defect has one."""

import asyncio
import io
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.test import Client

from oec.bodies import BoundedBodies
from projects.models import Project, User
from tests.administration import enter
from tests.pages import signed_in

LARGE = "x" * 3_000_000
FORM = "application/x-www-form-urlencoded"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the handler of the configured logging writes."""
    handlers = logging.getLogger().handlers
    (handler,) = [one for one in handlers if type(one) is logging.StreamHandler]
    written = io.StringIO()
    before = handler.setStream(written)
    yield written
    handler.setStream(before or handler.stream)


def lines(log: io.StringIO) -> list[str]:
    """Each begins with its level; others are of a traceback, or forged."""
    found = log.getvalue().splitlines()
    assert all(line.split()[0] in {"WARNING", "ERROR"} for line in found), found
    return found


@pytest.mark.parametrize(
    ("status", "method", "path", "more"),
    [
        (400, "GET", "/sign-in", {"headers": {"Host": "evil example"}}),
        (400, "GET", "/api/v1/", {"headers": {"Host": "evil example"}}),
        (400, "POST", "/sign-in", {"data": LARGE, "content_type": FORM}),
        (400, "POST", "/sign-in", {"data": "a=&" * 2000, "content_type": FORM}),
        (401, "GET", "/api/v1/projects", {}),
        (404, "GET", "/nothing%0AERROR%20forged", {}),
        (404, "GET", "/api/nothing%0AERROR%20forged", {}),
        (405, "PUT", "/api/v1/auth/token", {}),
        (413, "POST", "/api/v1/auth/token", {"data": LARGE}),
        (405, "POST", "/healthz", {}),
    ],
)
@pytest.mark.django_db
def test_a_refusal_is_one_line(
    status: int, method: str, path: str, more: dict[str, Any], log: io.StringIO
) -> None:
    options = {"content_type": "application/json", **more}
    answer = Client().generic(method, path, **options)
    assert (answer.status_code, len(lines(log))) == (status, 1)


def test_a_forged_form_is_one_line(log: io.StringIO, db: None) -> None:
    assert Client(enforce_csrf_checks=True).post("/sign-in").status_code == 403
    assert len(lines(log)) == 1


def test_a_missing_right_is_one_line(
    project: Project, bob: User, log: io.StringIO
) -> None:
    for client, path in (
        (enter(bob), "/admin/project/project/"),
        (signed_in(bob), f"/projects/{project.pk}/edit"),
        (signed_in(bob), f"/api/v1/projects/{project.pk}/deploy-key"),
    ):
        method = "POST" if "api" in path else "GET"
        assert client.generic(method, path).status_code == 403
        assert len(lines(log)) == 1
        log.truncate(log.seek(0))


def test_a_wrong_method_of_a_page_is_one_line(
    project: Project, dora: User, log: io.StringIO
) -> None:
    path = f"/projects/{project.pk}/git-host-key/accept"
    assert signed_in(dora).get(path).status_code == 405
    assert len(lines(log)) == 1


def test_a_body_that_nobody_reads_is_one_line(log: io.StringIO) -> None:
    async def send(_: Any) -> None: ...

    async def receive() -> dict[str, Any]:
        return {"type": "http.request", "body": b"", "more_body": False}

    headers = [(b"content-length", b"11")]
    scope = {"type": "http", "method": "POST", "path": "/a\nb", "headers": headers}
    asyncio.run(BoundedBodies(send, 10)(scope, receive, send))
    assert len(lines(log)) == 1


def test_a_defect_keeps_its_traceback(
    log: io.StringIO, dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: Any, **__: Any) -> None:
        raise ZeroDivisionError

    monkeypatch.setattr("oec.api.views.reverse", fail)
    client = Client(raise_request_exception=False)
    client.force_login(dora)
    assert client.get("/api/v1/").status_code == 500
    assert "Traceback" in log.getvalue()
