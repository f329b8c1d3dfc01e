"""Comparing the targets of a rollback without leaving the dialog."""

import pytest
from playwright.sync_api import Page, expect

from deployments.models import Deployment, Status
from deployments.services.releases import freeze
from projects.models import Environment, User
from projects.services import set_variable
from tests.e2e.conftest import Shop
from tests.e2e.test_retry import sign_in
from tests.factories import make_deployment
from tests.processes import Running

pytestmark = pytest.mark.django_db(transaction=True)


def success(environment: Environment, by: User, commit: str) -> Deployment:
    release = freeze(Environment.objects.get(pk=environment.pk), git_commit=commit * 40)
    return make_deployment(environment, by=by, status=Status.SUCCESS, release=release)


def test_another_target_is_compared_in_the_same_dialog(
    shop: Shop, web: Running, page: Page, alice: User, dora: User
) -> None:
    for number, mode in enumerate(("slow", "quick", "eager"), start=1):
        set_variable(
            shop.environment, name="MODE", value=mode, is_secret=False, by=dora
        )
        current = success(shop.environment, alice, str(number))
    sign_in(page)
    page.goto(f"/deployments/{current.pk}")
    page.get_by_role("link", name="Roll back").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Configuration of v2 against live v3")
    dialog.get_by_label("Reason").fill("The new one is slow")

    dialog.get_by_role("link", name="Compare v1").click()

    expect(dialog).to_contain_text("Configuration of v1 against live v3")
    expect(dialog.locator(".sides")).to_have_text("eager → slow")
    expect(dialog.get_by_role("radio", name="v1")).to_be_checked()
    expect(dialog.get_by_label("Reason")).to_have_value("The new one is slow")
    expect(page).to_have_url(f"{web.url}/deployments/{current.pk}")
