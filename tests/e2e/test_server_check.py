"""A server checked by a person who watches the findings arrive."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from projects.models import Server, User
from tests.deployments.servers.looking import begun, checked
from tests.e2e.conftest import Shop, follow
from tests.e2e.test_retry import SECONDS, sign_in

pytestmark = pytest.mark.django_db(transaction=True)


def test_findings_appear_while_the_check_still_runs(
    shop: Shop, alice: User, page: Page, tmp_path: Path
) -> None:
    gate, tools = tmp_path / "gate", tmp_path / "tools"
    tools.mkdir()
    docker = tools / "docker"
    docker.write_text(
        f"#!/bin/sh\nuntil test -e {gate}; do sleep 0.05; done; echo 27\n"
    )
    docker.chmod(0o755)
    shop.sshd.environment["PATH"] = f"{tools}:/usr/sbin:/usr/bin:/sbin:/bin"
    shop.sshd.start()
    sign_in(page)
    page.get_by_role("link", name="Servers").click()
    follow(page, page.get_by_role("link", name="web-1"))
    button = page.get_by_role("button", name="Check server")

    button.click()

    items = page.get_by_role("listitem")
    expect(items.filter(has_text="memory are available")).to_be_visible(timeout=SECONDS)
    expect(items.filter(has_text="Looking …")).to_be_visible()
    expect(button).to_be_disabled()
    gate.touch()
    expect(items.filter(has_text="Docker 27 answers.")).to_be_visible(timeout=SECONDS)
    expect(items.filter(has_text="Looking …")).to_have_count(0, timeout=SECONDS)
    expect(button).to_be_enabled(timeout=SECONDS)
    expect(page.get_by_role("status")).to_contain_text("skipped")


def test_a_check_that_somebody_else_started_is_followed(
    shop: Shop, alice: User, page: Page
) -> None:
    server = shop.environment.server
    assert server is not None
    begun(server, seconds_ago=1)
    sign_in(page)
    page.goto(f"/servers/{server.pk}")
    items = page.get_by_role("listitem")
    expect(items.filter(has_text="Looking …")).to_be_visible()

    finding = {"name": "disk", "state": "ok", "sentence": "Much is free.", "facts": {}}
    check = checked(server) | {"is_complete": True, "findings": [finding]}
    Server.objects.update(last_check=check)

    expect(items.filter(has_text="Much is free.")).to_be_visible(timeout=SECONDS)
    expect(items.filter(has_text="Looking …")).to_have_count(0)
