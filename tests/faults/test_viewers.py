"""F49: many watch, and none of them reads or has anything to read."""

import socket
import statistics
from contextlib import ExitStack
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from django.db import connection
from rest_framework_simplejwt.tokens import RefreshToken

from deployments.models import Deployment
from projects.models import Organization, OrganizationRole, User
from projects.services import set_member
from tests import factories
from tests.faults.console import Api, FaultConsole
from tests.faults.site import Site, ended, outcome
from tests.processes import Running, wait_until

PEOPLE, STREAMS_EACH = 30, 10


@pytest.mark.back_end("postgres")
@pytest.mark.fault
def test_f49_three_hundred_viewers_who_never_read_slow_nobody_down(
    console: FaultConsole, site: Site, organization: Organization, dora: User
) -> None:
    site.change(build_command=site.chatty_work)
    web = console.web()
    console.crew()
    api = Api(web, dora)
    deployment = site.start()

    with ExitStack() as stack:
        for person in _people(PEOPLE, organization, dora):
            _open_streams(stack, web.url, deployment, person)

        seconds = [api.get("/deployments").seconds for _ in range(20)]
        assert statistics.median(seconds) < 1
        wait_until(lambda: _connections() < 30)
        site.open_gate()
        assert outcome(ended(deployment)) == ("success", "")


@pytest.mark.back_end("postgres")
@pytest.mark.fault
def test_f49_a_viewer_who_waits_takes_less_than_100_kilobytes(
    console: FaultConsole, site: Site, organization: Organization, dora: User
) -> None:
    web = console.web()
    waiting = site.deploy()
    first, *others = _people(PEOPLE + 1, organization, dora)

    with ExitStack() as stack:
        # The first ones load what all of them need.
        _open_streams(stack, web.url, waiting, first)
        before = _resident_bytes(web)
        for person in others:
            _open_streams(stack, web.url, waiting, person)
        each = (_resident_bytes(web) - before) / (PEOPLE * STREAMS_EACH)

    assert each < 100_000


def _people(number: int, organization: Organization, dora: User) -> list[User]:
    people = [factories.make_user(f"viewer{count}") for count in range(number)]
    for person in people:
        role = OrganizationRole.VIEWER
        set_member(organization, user=person, role=role, by=dora)
    return people


def _open_streams(
    stack: ExitStack, url: str, deployment: Deployment, person: User
) -> None:
    path = f"/api/v1/deployments/{deployment.pk}/stream"
    for _ in range(STREAMS_EACH):
        stack.enter_context(_stream_nobody_reads(url, path, person))


def _resident_bytes(process: Running) -> int:
    for line in Path(f"/proc/{process.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) * 1024
    raise LookupError("This kernel does not tell.")


def _stream_nobody_reads(url: str, path: str, person: User) -> socket.socket:
    """Connected, asked, and the first byte of the answer seen to arrive."""
    token = RefreshToken.for_user(person).access_token
    place = urlsplit(url)
    viewer = socket.create_connection((place.hostname, place.port), 30)
    request = f"GET {path} HTTP/1.1\r\nHost: localhost\r\n"
    viewer.sendall(f"{request}Authorization: Bearer {token}\r\n\r\n".encode())
    assert viewer.recv(12) == b"HTTP/1.1 200"
    return viewer


def _connections() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database()"
        )
        return int(cursor.fetchone()[0])
