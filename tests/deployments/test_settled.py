"""A failure that a later success repeated or overtook."""

from typing import Any

from deployments.models import Deployment, Status
from deployments.services import Situation
from projects.models import Environment, User
from tests.factories import make_deployment, make_release
from tests.pages import read, signed_in

ADVISED: dict[str, Any] = {
    "error_message": "The disk is full.",
    "advised_verb": "retry",
}


def warnings_of(failed: Deployment, user: User) -> dict[str, str]:
    row = Deployment.objects.with_verbs().get(pk=failed.pk)
    retry = Situation.of([row], user).actions(row)["retry"]
    assert not retry.recommended
    return {warning["code"]: warning["detail"] for warning in retry.warnings}


def test_a_repeated_failure_is_settled_first_of_all(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice, **ADVISED)
    make_deployment(
        environment, by=alice, status=Status.SUCCESS, release=failed.release
    )
    text = read(signed_in(alice), f"/deployments/{failed.pk}").text
    settled = text.index("Settled: v2 repeated it and succeeded.")
    assert settled < text.index("The disk is full.")
    assert "Recommended." not in text
    assert warnings_of(failed, alice)["newer_success"] == "v2 has succeeded since."


def test_an_overtaken_failure_with_the_same_commit_puts_no_commit_back(
    environment: Environment, alice: User
) -> None:
    failed = make_deployment(environment, by=alice, **ADVISED)
    make_deployment(environment, by=alice, status=Status.SUCCESS)
    text = read(signed_in(alice), f"/deployments/{failed.pk}").text
    assert "Settled: v2 has succeeded since." in text
    assert warnings_of(failed, alice)["newer_success"] == "v2 has succeeded since."


def test_of_different_commits_both_are_named_and_no_order(
    environment: Environment, alice: User
) -> None:
    old = make_release(environment, git_commit="1" * 40)
    failed = make_deployment(environment, by=alice, release=old, **ADVISED)
    new = make_release(environment, git_commit="2" * 40)
    make_deployment(environment, by=alice, status=Status.SUCCESS, release=new)
    assert warnings_of(failed, alice)["newer_success"] == (
        "v2 has succeeded since. "
        "A retry of v1 puts its commit 1111111 in place of 2222222."
    )
