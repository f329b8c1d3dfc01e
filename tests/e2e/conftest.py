"""A browser in front of real processes and a real server."""

import base64
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.contrib.auth.hashers import Argon2PasswordHasher
from playwright.sync_api import (
    Browser,
    ConsoleMessage,
    Locator,
    Page,
    sync_playwright,
)

from projects.models import Environment, Organization, User
from tests import factories
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import SSHD, Sshd
from tests.processes import ROOT, Console, Running

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
FLAGS = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


@dataclass
class Shop:
    """A project whose server is down until ``sshd`` is started."""

    environment: Environment
    repository: Repository
    sshd: Sshd

    @property
    def live(self) -> Path:
        return self.sshd.directory / "shop" / "current"


@pytest.fixture
def shop(
    transactional_db: None, organization: Organization, dora: User, tmp_path: Path
) -> Iterator[Shop]:
    if SSHD is None:
        pytest.skip("openssh-server is not installed")
    repository = Repository(tmp_path / "repository")
    repository.commit("Open the shop", {"page.html": "Welcome"})
    sshd = Sshd(tmp_path / "sshd")
    target = sshd.target
    server = factories.make_server(
        organization,
        by=dora,
        host=target.host,
        port=target.port,
        username=target.username,
        private_key=target.private_key,
        host_key=target.host_key,
    )
    environment = factories.make_environment(
        factories.make_project(organization, by=dora, git_url=repository.url),
        server,
        by=dora,
        build_command="echo Baking; sleep 0.5; echo Baked",
        deploy_path=str(sshd.directory / "shop"),
    )
    yield Shop(environment, repository, sshd)
    sshd.stop()


@pytest.fixture
def alice(alice: User) -> User:
    """Her password is stored as the real settings store it, not as the tests do."""
    hasher = Argon2PasswordHasher()
    alice.password = hasher.encode(factories.PASSWORD, hasher.salt())
    alice.save()
    return alice


@pytest.fixture
def web(console: Console) -> Running:
    return console.web()


@pytest.fixture
def browser(
    shop: Shop, web: Running, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Browser]:
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        # Playwright's loop runs in this thread, and Django would refuse it its rows.
        monkeypatch.setenv("DJANGO_ALLOW_ASYNC_UNSAFE", "true")
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Browser, web: Running) -> Iterator[Page]:
    """Whatever the browser complains about fails the test."""
    page = browser.new_page(base_url=web.url)
    complaints: list[str] = []

    def note(message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"}:
            complaints.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: complaints.append(str(error)))
    yield page
    assert complaints == []


@pytest.fixture(scope="module")
def blank() -> Iterator[Page]:
    """A page without a server behind it."""
    if CHROMIUM is None:
        pytest.skip("Chromium is not installed")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield browser.new_page()
        browser.close()


def module(name: str) -> str:
    """The address at which a page without a server imports a module of ours."""
    source = (ROOT / "static" / "js" / name).read_bytes()
    return f"data:text/javascript;base64,{base64.b64encode(source).decode()}"


def follow(page: Page, link: Locator) -> None:
    """Click, and wait until the scripts of the page behind the link have run.

    Before that its buttons work too, but as they do without scripts.
    """
    address = link.get_attribute("href")
    link.click()
    page.wait_for_url(f"**{address}", wait_until="load")
