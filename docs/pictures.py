"""Takes the README's pictures: starts a demo of its own, retries in it, ends it.

Needs Chromium and what ``make setup`` installs; run it with ``make pictures``.
"""

import os
import re
import shutil
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Page, expect, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
IMAGES = Path(__file__).with_name("images")
MANAGE = [sys.executable, str(ROOT / "manage.py")]
PASSWORD = "only-for-the-pictures"  # noqa: S105 - of a demo that lives for a minute
WIDTH = 1120


def main() -> None:
    """Write ``images/retry.png`` and ``images/live.png``."""
    IMAGES.mkdir(exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="oec-pictures-") as folder,
        demo(folder) as failed,
        sync_playwright() as playwright,
    ):
        browser = playwright.chromium.launch(executable_path=shutil.which("chromium"))
        page = browser.new_page(viewport={"width": WIDTH, "height": 820})
        sign_in(page, failed)
        retry(page)
        watch(page)
        browser.close()


@contextmanager
def demo(folder: str) -> Iterator[str]:
    """A running demo; yields the address of its failed deployment."""
    environment = os.environ | {
        "OEC_ENV_FILE": os.devnull,
        "OEC_DATA_DIR": folder,
        "OEC_PORT": str(free_port()),
        "OEC_DEMO_PASSWORD": PASSWORD,
        "OEC_ALLOW_LOCAL_GIT": "true",
    }
    for command in ("migrate", "collectstatic --no-input"):
        subprocess.run(
            [*MANAGE, *command.split(), "--verbosity", "0"], env=environment, check=True
        )
    seeded = subprocess.run(
        [*MANAGE, "seed_demo"], env=environment, check=True, stdout=subprocess.PIPE
    )
    link = re.search(rb"http://\S+/deployments/\S+", seeded.stdout)
    up = subprocess.Popen([*MANAGE, "up"], env=environment, stdout=subprocess.PIPE)
    try:
        wait_for(up, b"ready.")
        yield link[0].decode() if link else ""
    finally:
        up.terminate()
        up.communicate()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


def wait_for(process: "subprocess.Popen[bytes]", text: bytes) -> None:
    for line in process.stdout or ():
        if text in line:
            return


def sign_in(page: Page, address: str) -> None:
    page.goto(address)
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.locator("#do-retry")).to_be_visible()


def retry(page: Page) -> None:
    page.locator("#do-retry").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_label("Reason").fill("The server is up again")
    page.screenshot(path=IMAGES / "retry.png")
    dialog.get_by_role("button", name="Retry Deployment").click()


def watch(page: Page) -> None:
    expect(page.locator("#log")).to_contain_text("rendered hours.html")
    page.set_viewport_size({"width": WIDTH, "height": 1100})
    page.screenshot(path=IMAGES / "live.png")
    expect(page.locator("#live")).to_contain_text("Success", timeout=30_000)


if __name__ == "__main__":
    main()
