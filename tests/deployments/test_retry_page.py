"""Retrying in the browser: the confirmation, and what sending it does."""

import pytest

from deployments.models import Deployment, Status
from projects.models import AuditEntry, Environment, User
from projects.services import change_environment, change_server
from tests.factories import COMMIT, make_deployment
from tests.pages import Page, queries_of, read, send, signed_in

QUESTION = "Retry deployment with the same code and configuration?"


@pytest.fixture
def failed(environment: Environment, alice: User) -> Deployment:
    return make_deployment(environment, by=alice)


def url_of(deployment: Deployment) -> str:
    return f"/deployments/{deployment.pk}/retry"


def retries() -> list[Deployment]:
    return list(Deployment.objects.exclude(retry_of=None).select_related("release"))


def test_the_confirmation_says_what_is_going_to_happen(
    failed: Deployment, alice: User
) -> None:
    page = read(signed_in(alice), url_of(failed))
    for sentence in (
        f"Failed v{failed.version} of Shop production",
        "The server refused the connection.",
        f"{COMMIT[:12]} Sell more shoes the same",
        "Branch main",
        f"Configuration {'d' * 12} the same",
        "deploy@web-1.example.org:22",
        "Recommended Retry, once the cause outside the code is gone.",
        QUESTION,
        "Retry Deployment Cancel",
    ):
        assert sentence in page.text
    assert page.fields["reason"] == ""
    assert retries() == []


def test_sending_it_leads_to_the_page_of_the_new_deployment(
    failed: Deployment, alice: User
) -> None:
    answer = send(signed_in(alice), url_of(failed), reason="Rebooted the server")
    (retried,) = retries()
    assert answer.status_code == 302
    assert answer.headers["Location"] == f"/deployments/{retried.pk}"
    assert (retried.retry_of, retried.release) == (failed, failed.release)
    assert (retried.reason, retried.triggered_by) == ("Rebooted the server", alice)
    entry = AuditEntry.objects.get(action="deployment.retried")
    assert entry.address == "127.0.0.1"


def test_a_double_click_starts_one_deployment(failed: Deployment, alice: User) -> None:
    client = signed_in(alice)
    fields = read(client, url_of(failed)).fields
    first = client.post(url_of(failed), fields)
    second = client.post(url_of(failed), fields)
    assert len(retries()) == 1
    assert second.headers["Location"] == first.headers["Location"]


def test_going_back_and_sending_again_after_its_end_starts_nothing(
    failed: Deployment, alice: User
) -> None:
    client = signed_in(alice)
    fields = read(client, url_of(failed)).fields
    first = client.post(url_of(failed), fields)
    Deployment.objects.filter(status=Status.PENDING).update(
        status=Status.FAILED, completed_at=failed.created_at
    )
    second = client.post(url_of(failed), fields)
    assert len(retries()) == 1
    assert second.headers["Location"] == first.headers["Location"]


def test_going_back_and_changing_it_asks_again(failed: Deployment, alice: User) -> None:
    client = signed_in(alice)
    fields = read(client, url_of(failed)).fields
    client.post(url_of(failed), fields)
    answer = client.post(url_of(failed), {**fields, "reason": "Something else"})
    page = Page(answer)
    assert page.status == 422
    assert "This form was sent before with other content" in page.text
    assert page.fields["key"] != fields["key"]
    assert page.fields["reason"] == "Something else"
    assert len(retries()) == 1


def test_two_tabs_get_one_deployment_and_the_way_to_it(
    failed: Deployment, alice: User
) -> None:
    client = signed_in(alice)
    tabs = [read(client, url_of(failed)).fields for _ in range(2)]
    client.post(url_of(failed), tabs[0])
    page = Page(client.post(url_of(failed), tabs[1]))
    (retried,) = retries()
    assert page.status == 409
    assert "A deployment is already in progress for this project" in page.text
    assert page.links["Open v2, which is pending"] == f"/deployments/{retried.pk}"


def test_what_is_worth_knowing_is_said_before_one_confirms(
    failed: Deployment, environment: Environment, alice: User, dora: User
) -> None:
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    change_environment(environment, by=dora, build_command="make all")
    text = read(signed_in(alice), url_of(failed)).text
    assert "The environment's configuration has changed since." in text
    assert "v2" in text


@pytest.mark.parametrize(
    ("status", "way_on"),
    [
        (Status.SUCCESS, "Redeploy instead"),
        (Status.CANCELLED, "Deploy instead"),
        (Status.RUNNING, "Cancel instead"),
    ],
)
def test_only_failed_deployments_are_retried_and_the_verb_that_fits_is_offered(
    environment: Environment, alice: User, status: Status, way_on: str
) -> None:
    deployment = make_deployment(environment, by=alice, status=status)
    client = signed_in(alice)
    page = read(client, url_of(deployment))
    assert "Can only retry failed deployments" in page.text
    assert page.disabled_buttons == ["Retry Deployment"]
    assert way_on in page.links
    assert send(client, url_of(deployment)).status_code == 400
    assert retries() == []


def test_a_disabled_server_is_named_with_the_way_on(
    failed: Deployment, alice: User, dora: User
) -> None:
    change_server(failed.server, by=dora, is_enabled=False)
    answer = send(signed_in(alice), url_of(failed))
    page = Page(answer)
    assert page.status == 409
    assert "The server web-1 is disabled." in page.text
    assert "Open the environment's settings" in page.links


def test_who_only_views_is_refused(failed: Deployment, bob: User) -> None:
    client = signed_in(bob)
    page = read(client, url_of(failed), status=403)
    assert "You don't have permission to deploy" in page.text
    assert client.post(url_of(failed), {}).status_code == 403
    assert retries() == []


def test_a_stranger_finds_nothing(failed: Deployment, charlie: User) -> None:
    client = signed_in(charlie)
    assert client.get(url_of(failed)).status_code == 404
    assert client.post(url_of(failed), {}).status_code == 404


@pytest.mark.parametrize("key", ["", "not-a-key"])
def test_a_form_without_its_key_starts_nothing(
    failed: Deployment, alice: User, key: str
) -> None:
    page = Page(send(signed_in(alice), url_of(failed), key=key))
    assert page.status == 400
    assert "This form was not complete. Send it again." in page.text
    assert retries() == []


def test_a_reason_that_is_too_long_is_refused_beside_its_field(
    failed: Deployment, alice: User
) -> None:
    page = Page(send(signed_in(alice), url_of(failed), reason="x" * 501))
    assert page.status == 400
    assert "500 characters" in page.text
    assert retries() == []


def test_a_form_of_another_site_is_refused(failed: Deployment, alice: User) -> None:
    client = signed_in(alice)
    client.handler.enforce_csrf_checks = True
    answer = client.post(url_of(failed), {"key": "x"})
    assert answer.status_code == 403
    assert "This form is out of date" in Page(answer).text


def test_more_history_takes_no_more_queries(
    failed: Deployment, environment: Environment, alice: User
) -> None:
    client = signed_in(alice)
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    queries = queries_of(client, url_of(failed))
    for _ in range(5):
        make_deployment(environment, by=alice, status=Status.SUCCESS)
    assert queries_of(client, url_of(failed)) == queries
