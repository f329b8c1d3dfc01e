"""The frozen configuration in the browser, and what each verb would change of it."""

import time
from typing import Any

import pytest

from deployments.models import Deployment, Status
from deployments.services.releases import freeze
from deployments.templatetags.configuration import as_written
from projects.models import Environment, Project, User
from projects.services import change_environment, set_variable
from tests.factories import COMMIT, make_deployment
from tests.pages import Page, queries_of, read, send, signed_in

SECRET = "s3cret-value-of-many-characters"
NEW_SECRET = "an0ther-value-of-many-characters"
MARKUP = "<script>alert(1)</script>"


def frozen(
    environment: Environment, by: User, status: Status = Status.SUCCESS
) -> Deployment:
    release = freeze(Environment.objects.get(pk=environment.pk), git_commit=COMMIT)
    return make_deployment(environment, by=by, status=status, release=release)


@pytest.fixture
def live(
    project: Project, environment: Environment, alice: User, dora: User
) -> Deployment:
    """v1, with a secret, a plain variable and a build command."""
    set_variable(project, name="API_KEY", value=SECRET, by=dora)
    set_variable(environment, name="MODE", value="slow", is_secret=False, by=dora)
    return frozen(environment, alice)


@pytest.fixture
def failed(
    live: Deployment, environment: Environment, alice: User, dora: User
) -> Deployment:
    """v2, with another mode; the environment has another command and secret since."""
    set_variable(environment, name="MODE", value="quick", is_secret=False, by=dora)
    failed = frozen(environment, alice, Status.FAILED)
    change_environment(environment, by=dora, build_command="make all")
    set_variable(environment, name="API_KEY", value=NEW_SECRET, by=dora)
    return failed


def opened(user: User, url: str) -> Page:
    page = read(signed_in(user), url)
    assert SECRET not in page.html
    assert NEW_SECRET not in page.html
    return page


# --- The page ------------------------------------------------------------------------


def test_a_deployments_page_leads_to_its_configuration(
    failed: Deployment, bob: User
) -> None:
    url = f"/deployments/{failed.pk}"
    assert opened(bob, f"{url}/configuration").links["v2"] == url
    assert f'href="{url}/configuration"' in opened(bob, url).html


def test_the_page_shows_settings_variables_and_both_comparisons(
    failed: Deployment, bob: User
) -> None:
    text = opened(bob, f"/deployments/{failed.pk}/configuration").text
    for sentence in (
        failed.release.config_digest,
        "Against live v1 → this: changed: MODE MODE slow → quick",
        "Changed since changed: Build command, API_KEY",
        "Build command make build",
        "Release command none default",
        "Keep releases 5 default",
        "MODE quick",
    ):
        assert sentence in text
    assert "Dockerfile" not in text


def test_what_is_live_says_so(live: Deployment, bob: User) -> None:
    text = opened(bob, f"/deployments/{live.pk}/configuration").text
    assert "Against live this is live" in text
    assert "Changed since unchanged" in text


def test_markup_and_invisible_characters_stay_text(
    environment: Environment, alice: User, dora: User
) -> None:
    set_variable(
        environment,
        name="NOTE",
        value=f"{MARKUP}\u202e\x1b[1m  \nsecond ",
        is_secret=False,
        by=dora,
    )
    live = frozen(environment, alice)
    set_variable(environment, name="NOTE", value=MARKUP, is_secret=False, by=dora)
    change_environment(environment, by=dora, build_command=MARKUP)
    for url in (
        f"/deployments/{live.pk}/configuration",
        f"/deployments/{live.pk}/redeploy",
        f"/environments/{environment.pk}/deploy",
    ):
        page = opened(alice, url)
        assert MARKUP not in page.html
        assert f"{MARKUP}\\u202e\\u001b[1m␣␣" in page.text
        assert "second␣" in page.text


def test_a_long_run_of_space_takes_no_time() -> None:
    long = " " * 32_000
    started = time.monotonic()
    assert as_written(f"{long}x \n{long}") == f"{long}x␣\n{'␣' * 32_000}"
    assert time.monotonic() - started < 1


def test_a_stranger_finds_nothing(live: Deployment, charlie: User) -> None:
    url = f"/deployments/{live.pk}/configuration"
    assert signed_in(charlie).get(url).status_code == 404


def test_a_configuration_that_no_key_opens_is_refused_with_the_way_on(
    live: Deployment, alice: User, settings: Any
) -> None:
    settings.ENCRYPTION_KEYS = ["0" * 43 + "="]
    page = read(signed_in(alice), f"/deployments/{live.pk}/configuration", status=503)
    assert "OEC_ENCRYPTION_KEYS" in page.text


# --- The dialogs ---------------------------------------------------------------------


def test_retry_shows_what_it_puts_live_and_what_only_a_redeploy_would_use(
    failed: Deployment, alice: User
) -> None:
    text = opened(alice, f"/deployments/{failed.pk}/retry").text
    assert "Against live v1 → this: changed: MODE MODE slow → quick" in text
    assert (
        "Changed since only a redeploy would use this: changed: Build command, API_KEY"
        in text
    )
    assert "Build command make build → make all" in text
    assert "API_KEY secret" in text


def test_retry_says_plainly_that_nothing_differs(
    live: Deployment, environment: Environment, alice: User
) -> None:
    failed = frozen(environment, alice, Status.FAILED)
    text = opened(alice, f"/deployments/{failed.pk}/retry").text
    assert "Against live v1 → this: unchanged" in text
    assert "Changed since unchanged" in text


def test_retry_says_which_commit_takes_the_place_of_the_live_one(
    live: Deployment, environment: Environment, alice: User
) -> None:
    release = freeze(Environment.objects.get(pk=environment.pk), git_commit="f" * 40)
    failed = make_deployment(environment, by=alice, release=release)
    text = opened(alice, f"/deployments/{failed.pk}/retry").text
    own, newer = live.release.short_commit, "f" * 12
    assert f"v1 → this: {own} → {newer} , configuration" in text


def test_retry_says_that_nothing_is_live_yet(
    environment: Environment, alice: User
) -> None:
    failed = frozen(environment, alice, Status.FAILED)
    text = opened(alice, f"/deployments/{failed.pk}/retry").text
    assert "Against live nothing is live yet" in text


def test_redeploy_shows_what_changes_since_and_of_what_is_live(
    failed: Deployment, alice: User
) -> None:
    text = opened(alice, f"/deployments/{failed.pk}/redeploy").text
    assert "→" in text
    assert "changed: Build command, API_KEY" in text
    assert "Against live v1 changed: Build command, API_KEY, MODE" in text


def test_redeploy_of_what_is_live_compares_once(live: Deployment, alice: User) -> None:
    text = opened(alice, f"/deployments/{live.pk}/redeploy").text
    assert "unchanged since v1" in text
    assert "Against live" not in text


def test_deploy_compares_with_what_is_live(
    failed: Deployment, environment: Environment, alice: User
) -> None:
    text = opened(alice, f"/environments/{environment.pk}/deploy").text
    assert "changed: Build command, API_KEY, MODE" in text
    assert "MODE slow → quick" in text


def test_rollback_compares_the_chosen_target_and_leads_to_the_others(
    failed: Deployment, environment: Environment, alice: User, dora: User
) -> None:
    set_variable(environment, name="MODE", value="eager", is_secret=False, by=dora)
    frozen(environment, alice)  # v3
    current = frozen(environment, alice)  # v4, the same as v3
    url = f"/deployments/{current.pk}/rollback"

    page = opened(alice, url)
    assert "Configuration of v3 against live v4: unchanged" in page.text

    page = opened(alice, page.links["Compare v1 with what is live"])
    live = Deployment.objects.get(version=1)
    assert page.fields["to"] == str(live.pk)
    assert "Configuration of v1 against live v4:" in page.text
    assert "changed: Build command, API_KEY, MODE" in page.text
    assert "MODE eager → slow" in page.text


@pytest.mark.parametrize("to", ["", "nothing", "'", f"{0:032x}", "\0"])
def test_a_target_that_does_not_exist_leaves_the_newest_one_chosen(
    live: Deployment, environment: Environment, alice: User, to: str
) -> None:
    current = frozen(environment, alice)
    answer = signed_in(alice).get(f"/deployments/{current.pk}/rollback", {"to": to})
    assert Page(answer).fields["to"] == str(live.pk)


def test_a_target_that_no_key_opens_leaves_the_others_to_choose_from(
    live: Deployment, environment: Environment, alice: User, settings: Any
) -> None:
    current = frozen(environment, alice)
    own, *_ = settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = ["0" * 43 + "="]
    newer = make_deployment(environment, by=alice, status=Status.SUCCESS)
    latest = make_deployment(
        environment, by=alice, status=Status.SUCCESS, release=current.release
    )
    settings.ENCRYPTION_KEYS = [own]
    url = f"/deployments/{latest.pk}/rollback"
    page = opened(alice, url)
    assert page.fields["to"] == str(newer.pk)
    assert "cannot be decrypted" in page.text
    assert "unchanged" in opened(alice, f"{url}?to={live.pk}").text


def test_after_a_refusal_the_chosen_target_stays_chosen(
    live: Deployment, environment: Environment, alice: User
) -> None:
    frozen(environment, alice)
    current = frozen(environment, alice)
    url = f"/deployments/{current.pk}/rollback"
    page = Page(send(signed_in(alice), url, to=str(live.pk), reason="x" * 501))
    assert page.status == 400
    assert page.fields["to"] == str(live.pk)


def test_many_changes_are_counted_and_folded_up(
    live: Deployment, environment: Environment, alice: User, dora: User
) -> None:
    for number in range(100):
        set_variable(environment, name=f"MORE_{number:02}", value="x", by=dora)
    page = opened(alice, f"/deployments/{live.pk}/redeploy")
    assert "changed: MORE_00, MORE_01" in page.text
    assert "MORE_07 and 92 more" in page.text
    assert '<details class="changes">' in page.html


def test_long_texts_are_cut_where_they_begin_to_differ(
    live: Deployment, environment: Environment, alice: User, dora: User
) -> None:
    long = "x" * 2000
    set_variable(environment, name="MODE", value=long, is_secret=False, by=dora)
    second = frozen(environment, alice)
    set_variable(environment, name="MODE", value=f"{long}END", is_secret=False, by=dora)
    command = "\n".join(f"step {number}" for number in range(5000))
    change_environment(environment, by=dora, build_command=command[:8000])
    page = opened(alice, f"/deployments/{second.pk}/redeploy")
    assert "xEND" in page.text
    assert "step 3" in page.text
    assert len(page.html) < 30_000


@pytest.mark.parametrize("verb", ["retry", "redeploy", "rollback"])
def test_more_variables_and_history_take_a_dialog_no_more_queries(
    failed: Deployment, environment: Environment, alice: User, dora: User, verb: str
) -> None:
    live = frozen(environment, alice)
    client = signed_in(alice)
    url = f"/deployments/{(live if verb == 'rollback' else failed).pk}/{verb}"
    few = queries_of(client, url)
    for number in range(10):
        set_variable(environment, name=f"MORE_{number}", value="1", by=dora)
        frozen(environment, alice)
    assert queries_of(client, url) == few
