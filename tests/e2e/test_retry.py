"""A failed deployment retried by a person, with real processes behind the pages."""

import re
from uuid import UUID

import pytest
from playwright.sync_api import Browser, Page, expect

from deployments import services
from deployments.models import Deployment, Status
from projects.models import User
from projects.services import change_environment
from tests.e2e.conftest import Shop, follow
from tests.factories import PASSWORD
from tests.processes import Console, Running, wait_until

pytestmark = pytest.mark.django_db(transaction=True)

SECONDS = 30_000  # in milliseconds


@pytest.fixture
def failed(shop: Shop, alice: User, console: Console) -> Deployment:
    """One that really failed, because its server was down."""
    console.worker()
    return ended(services.deploy(shop.environment, by=alice).pk)


def ended(pk: UUID) -> Deployment:
    rows = Deployment.objects.filter(pk=pk)
    wait_until(lambda: rows.get().is_terminal, seconds=30, what="the deployment ends")
    return rows.get()


def sign_in(page: Page) -> None:
    page.goto("/")
    page.get_by_label("Username").fill("alice")
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    expect(page.get_by_role("heading", name="Projects")).to_be_visible()


def test_alice_reads_the_dialog_retries_and_sees_success_arrive_live(
    failed: Deployment, shop: Shop, page: Page
) -> None:
    shop.sshd.start()
    sign_in(page)
    page.get_by_role("link", name="production").click()
    follow(page, page.get_by_role("link", name="v1", exact=True))
    expect(page.get_by_role("heading", level=2).first).to_contain_text(
        "refused the SSH connection"
    )

    page.get_by_role("link", name="Retry").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Open the shop")
    expect(dialog).to_contain_text(
        "Retry deployment with the same code and configuration?"
    )
    expect(dialog.get_by_label("Reason")).to_have_value("")
    dialog.get_by_label("Reason").fill("Started the server")
    dialog.get_by_role("button", name="Retry Deployment").click()

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("v2")
    page.evaluate("window.isTheSamePage = true")
    expect(heading).to_contain_text("Success", timeout=SECONDS)
    expect(page.locator("#log")).to_contain_text("Baked")
    expect(page.locator(".step-success")).to_have_count(9)
    expect(page.locator("#announcement")).to_have_text("Version 2: Success")
    expect(page).to_have_title(re.compile("^v2 Success"))
    assert page.evaluate("window.isTheSamePage")
    assert (shop.live / "page.html").read_text() == "Welcome"


def test_the_same_without_scripts(
    failed: Deployment, shop: Shop, browser: Browser, web: Running
) -> None:
    shop.sshd.start()
    page = browser.new_page(base_url=web.url, java_script_enabled=False)
    sign_in(page)
    page.goto(failed.get_absolute_url())

    page.get_by_role("link", name="Retry").click()
    expect(page).to_have_url(re.compile(rf"{failed.pk}/retry$"))
    page.get_by_role("button", name="Retry Deployment").click()

    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("v2")
    ended(Deployment.objects.get(retry_of=failed).pk)
    page.reload()
    expect(heading).to_contain_text("Success")
    expect(page.locator("#log")).to_contain_text("Baked")


def test_the_dialog_is_left_by_key_and_gives_the_focus_back(
    failed: Deployment, page: Page
) -> None:
    sign_in(page)
    page.goto(failed.get_absolute_url())
    retry = page.get_by_role("link", name="Retry")
    retry.focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    expect(retry).to_be_focused()
    assert Deployment.objects.count() == 1


def test_a_log_of_100_000_lines_leaves_the_page_usable(
    shop: Shop, page: Page, console: Console, alice: User, dora: User
) -> None:
    shop.sshd.start()
    change_environment(
        shop.environment, by=dora, build_command="seq -f 'line %.0f' 100000"
    )
    sign_in(page)
    deployment = services.deploy(shop.environment, by=alice)
    page.goto(deployment.get_absolute_url())
    console.worker()

    log = page.locator("#log")
    expect(page.get_by_role("heading", level=1)).to_contain_text(
        "Success", timeout=SECONDS
    )
    expect(log).to_contain_text("line 100000")
    lines = log.evaluate("log => log.textContent.split('\\n').length")
    assert 1_000 < lines < 6_000
    expect(page.locator("#log-cut")).to_be_visible()


def test_the_log_follows_its_end_until_somebody_scrolls_up(
    shop: Shop, page: Page, console: Console, alice: User, dora: User
) -> None:
    shop.sshd.start()
    slowly = "for i in $(seq 400); do echo line $i; sleep 0.01; done"
    change_environment(shop.environment, by=dora, build_command=slowly)
    sign_in(page)
    deployment = services.deploy(shop.environment, by=alice)
    page.goto(deployment.get_absolute_url())
    console.worker()

    log, to_end = page.locator("#log"), page.get_by_role("button", name="Jump to end")
    expect(log).to_contain_text("line 60", timeout=SECONDS)
    expect(to_end).to_be_hidden()
    log.evaluate("log => { log.scrollTop = 0 }")
    expect(to_end).to_be_visible()
    expect(log).to_contain_text("line 400", timeout=SECONDS)
    assert log.evaluate("log => log.scrollTop") == 0

    to_end.click()

    expect(to_end).to_be_hidden()
    assert (
        log.evaluate("log => log.scrollHeight - log.scrollTop - log.clientHeight") < 2
    )


def test_a_page_follows_by_asking_where_no_stream_comes_through(
    failed: Deployment, shop: Shop, page: Page
) -> None:
    shop.sshd.start()
    sign_in(page)
    page.add_init_script(
        "window.EventSource = class extends EventTarget {"
        " static CLOSED = 2; readyState = 2;"
        " constructor() { super(); setTimeout(() => this.dispatchEvent("
        "new Event('error'))); } close() {} }"
    )
    page.goto(f"{failed.get_absolute_url()}/retry")
    page.get_by_role("button", name="Retry Deployment").click()
    heading = page.get_by_role("heading", level=1)
    expect(heading).to_contain_text("v2")
    expect(heading).to_contain_text("Success", timeout=SECONDS)
    expect(page.locator("#log")).to_contain_text("Baked")


def test_a_list_shows_how_it_goes_on_by_itself(
    failed: Deployment, shop: Shop, page: Page, alice: User
) -> None:
    shop.sshd.start()
    sign_in(page)
    services.retry(failed, by=alice)
    page.goto(f"/environments/{shop.environment.pk}")
    row = page.get_by_role("row").filter(has_text="v2")
    expect(row).to_contain_text("Success", timeout=SECONDS)


def test_the_status_is_seen_although_the_worker_never_answers(
    shop: Shop, page: Page, alice: User
) -> None:
    waiting = services.deploy(shop.environment, by=alice)
    sign_in(page)
    page.goto(waiting.get_absolute_url())
    expect(page.locator("#live")).to_contain_text("No worker has been seen")
    page.get_by_role("link", name="Cancel").click()
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Cancel Deployment").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Cancelled")
    assert Deployment.objects.get().status == Status.CANCELLED
