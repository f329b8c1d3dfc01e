"""Checking several servers in the administration."""

from typing import Any

import pytest
from django.test import Client

from deployments.engine.inspection import Subject
from projects.models import AuditEntry, Environment, Organization, Server, User
from tests import factories
from tests.administration import enter, enter_as_superuser, list_of, messages, page_of
from tests.deployments.servers.looking import CLOSED


@pytest.mark.ignore_template_errors
def test_several_servers_are_checked_at_once_in_the_administration(
    organization: Organization, away: Server, dora: User
) -> None:
    other = factories.make_server(organization, by=dora, name="web-2", **CLOSED)
    door = enter_as_superuser(dora)
    answer = act(door, [away, other])
    assert len(messages(answer)) == 2
    assert messages(answer)[0].startswith("web-1: 1 failed, 1 ok")
    assert "refused the SSH connection" in messages(answer)[1]
    assert AuditEntry.objects.filter(action="server.checked").count() == 2
    assert "refused the SSH connection" in door.get(page_of(away)).content.decode()
    assert "1 failed, 1 ok" in door.get(list_of(Server)).content.decode()


@pytest.mark.ignore_template_errors
def test_no_more_than_ten_are_checked_at_once(
    organization: Organization, dora: User, quick: list[Subject]
) -> None:
    servers = [
        factories.make_server(organization, by=dora, name=f"web-{number}")
        for number in range(11)
    ]
    door = enter_as_superuser(dora)
    assert messages(act(door, servers)) == [
        "Choose at most 10 servers at once: each takes a moment."
    ]
    assert quick == []
    act(door, servers[:10])
    assert len(quick) == 10


@pytest.mark.ignore_template_errors
def test_staff_without_the_right_check_nothing_in_the_administration(
    server: Server, environment: Environment, bob: User, quick: list[Subject]
) -> None:
    answer = act(enter(bob, "view_server"), [server])
    assert messages(answer) == [
        "web-1: you don't have permission to check this server."
    ]
    assert quick == []


def act(door: Client, servers: list[Server]) -> Any:
    chosen = [str(server.pk) for server in servers]
    fields = {"action": "check_selected", "_selected_action": chosen}
    return door.post(list_of(Server), fields)
