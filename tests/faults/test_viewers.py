"""F49: many watch, and none of them reads."""

import socket
import statistics
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from django.db import connection
from rest_framework_simplejwt.tokens import RefreshToken

from projects.models import Organization, OrganizationRole, User
from projects.services import set_member
from tests import factories
from tests.faults.console import Api, FaultConsole
from tests.faults.site import Site, ended, outcome
from tests.processes import wait_until

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
        for number in range(PEOPLE):
            person = factories.make_user(f"viewer{number}")
            role = OrganizationRole.VIEWER
            set_member(organization, user=person, role=role, by=dora)
            for _ in range(STREAMS_EACH):
                path = f"/api/v1/deployments/{deployment.pk}/stream"
                stack.enter_context(_stream_nobody_reads(web.url, path, person))

        seconds = [api.get("/deployments").seconds for _ in range(20)]
        assert statistics.median(seconds) < 1
        wait_until(lambda: _connections() < 30)
        site.open_gate()
        assert outcome(ended(deployment)) == ("success", "")


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
