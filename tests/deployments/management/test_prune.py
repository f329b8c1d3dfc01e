"""manage.py prune: old logs go, deployments stay and say what became of theirs."""

from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.contrib.sessions.models import Session
from django.core.management import CommandError, call_command
from django.utils import timezone
from rest_framework_simplejwt.token_blacklist.models import (
    BlacklistedToken,
    OutstandingToken,
)
from rest_framework_simplejwt.tokens import RefreshToken

from deployments import dispatcher, events
from deployments.events import storage
from deployments.models import Deployment, Event, IdempotencyKey, Status
from projects.models import AuditEntry, Environment, User
from tests import administration
from tests.api import Api
from tests.factories import make_deployment
from tests.pages import read, signed_in

pytestmark = pytest.mark.both_back_ends

DRAFTS = [
    events.step_change("build", "running"),
    events.output("build", "a line\n" * 1000),
    events.note("build", "Half way."),
    events.step_change("build", "success"),
]


def prune(*arguments: str) -> str:
    output = StringIO()
    call_command("prune", *arguments, stdout=output)
    return output.getvalue()


def ended(environment: Environment, by: User, *, days: int) -> Deployment:
    row = make_deployment(
        environment,
        by=by,
        status=Status.SUCCESS,
        completed_at=timezone.now() - timedelta(days=days, minutes=1),
    )
    events.append(row.pk, DRAFTS)
    return row


@pytest.fixture
def old(environment: Environment, alice: User) -> Deployment:
    return ended(environment, alice, days=90)


@pytest.fixture
def recent(environment: Environment, alice: User) -> Deployment:
    return ended(environment, alice, days=89)


def kinds(deployment: Deployment) -> list[str]:
    return list(deployment.events.order_by("seq").values_list("kind", flat=True))


def test_without_a_policy_nothing_is_removed(old: Deployment, settings: Any) -> None:
    settings.KEEP_DAYS = dict.fromkeys(settings.KEEP_DAYS, 0)
    assert "kept for ever" in prune()
    assert kinds(old) == ["step", "log", "note", "step"]


def test_by_default_every_log_is_kept(old: Deployment) -> None:
    assert "Events of logs: kept for ever" in prune()
    assert kinds(old) == ["step", "log", "note", "step"]


@pytest.mark.parametrize("is_compressed", [False, True])
def test_logs_older_than_the_policy_go_and_nothing_else(
    is_compressed: bool, old: Deployment, recent: Deployment, settings: Any
) -> None:
    if is_compressed:
        dispatcher.sweep()
    settings.KEEP_DAYS = {**settings.KEEP_DAYS, "logs": 90}
    output = prune()
    assert "Events of logs: older than 90 days, removed: 2" in output
    assert kinds(old) == ["step", "step"]
    assert kinds(recent) == ["step", "log", "note", "step"]
    assert Deployment.objects.count() == 2
    assert Deployment.objects.get(pk=recent.pk).log_pruned_at is None


def test_what_an_option_says_counts_more_than_the_settings(
    old: Deployment, settings: Any
) -> None:
    settings.KEEP_DAYS = {**settings.KEEP_DAYS, "logs": 1}
    prune("--logs", "91")
    assert kinds(old) == ["step", "log", "note", "step"]
    with pytest.raises(CommandError, match="counted from 0"):
        prune("--logs", "-1")


def test_a_dry_run_counts_and_changes_nothing(old: Deployment) -> None:
    output = prune("--dry-run", "--logs", "30", "--events", "60")
    assert "Events of logs: older than 30 days, would be removed: 2" in output
    assert "Events of all kinds: older than 60 days, would be removed: 4" in output
    assert kinds(old) == ["step", "log", "note", "step"]
    assert Deployment.objects.get().log_pruned_at is None
    assert not AuditEntry.objects.filter(action__contains="prun").exists()


def test_what_waits_or_runs_is_never_pruned(
    environment: Environment, alice: User
) -> None:
    long_ago = timezone.now() - timedelta(days=400)
    running = make_deployment(
        environment, by=alice, status=Status.RUNNING, created_at=long_ago
    )
    events.append(running.pk, DRAFTS)
    prune("--logs", "1", "--events", "1")
    assert len(kinds(running)) == 4


def test_it_goes_in_batches_and_on_where_it_was_stopped(
    old: Deployment, environment: Environment, alice: User, monkeypatch: Any
) -> None:
    older = ended(environment, alice, days=200)
    monkeypatch.setattr(storage, "BATCH", 1)
    remove = storage._remove

    def stop(rows: Any) -> int:
        Event.objects.filter(
            pk__in=list(rows.values_list("pk", flat=True)[:1])
        ).delete()
        raise KeyboardInterrupt

    monkeypatch.setattr(storage, "_remove", stop)
    with pytest.raises(KeyboardInterrupt):
        prune("--logs", "30")
    monkeypatch.setattr(storage, "_remove", remove)
    assert "removed: 3" in prune("--logs", "30")
    assert kinds(old) == kinds(older) == ["step", "step"]
    assert "removed: 0" in prune("--logs", "30")


def test_sessions_tokens_and_keys_go_by_their_own_ages(
    old: Deployment, alice: User
) -> None:
    signed_in(alice)
    token = RefreshToken.for_user(alice)
    token.blacklist()
    IdempotencyKey.objects.create(
        user=alice, key="k", deployment=old, status_code=200, response={}
    )
    models = (Session, OutstandingToken, BlacklistedToken, IdempotencyKey)
    ages = ("--sessions", "30", "--tokens", "30", "--keys", "30")
    prune(*ages)
    assert all(model.objects.exists() for model in models)
    expired = timezone.now() - timedelta(days=30, minutes=1)
    Session.objects.update(expire_date=expired)
    OutstandingToken.objects.update(expires_at=expired)
    IdempotencyKey.objects.update(created_at=expired)
    prune(*ages)
    assert not any(model.objects.exists() for model in models)
    assert len(kinds(old)) == 4


def test_it_stands_in_the_audit_trail(old: Deployment) -> None:
    prune("--logs", "30")
    begun, done = AuditEntry.objects.filter(action__contains="prun").order_by("pk")
    assert begun.facts["days"] == {"keys": 1, "logs": 30}
    assert done.facts["removed"]["logs"] == 2


# --- What doors say of it ------------------------------------------------------------

DOORS: dict[str, Callable[[Deployment, User], str]] = {
    "page": lambda row, user: read(signed_in(user), row.get_absolute_url()).text,
    "log": lambda row, user: (
        Api(user).get(f"/deployments/{row.pk}/log").getvalue().decode()
    ),
    "raw log": lambda row, user: (
        Api(user).get(f"/deployments/{row.pk}/log?ansi=1").getvalue().decode()
    ),
}


@pytest.mark.parametrize("door", DOORS)
@pytest.mark.parametrize("what", ["--logs", "--events"])
def test_a_log_that_was_pruned_is_not_shown_as_empty(
    door: str, what: str, old: Deployment, alice: User
) -> None:
    prune(what, "30")
    text = DOORS[door](old, alice)
    assert f"The log was pruned on {timezone.now():%d %b %Y}." in text
    assert "Nothing has been printed" not in text


@pytest.mark.parametrize("address", ["", "/events"])
def test_programs_learn_when_it_was_pruned(
    address: str, old: Deployment, alice: User
) -> None:
    prune("--logs", "30")
    answer = Api(alice).get(f"/deployments/{old.pk}{address}").json()
    assert answer["log_pruned_at"]
    assert answer["events_pruned_at"] is None


def test_without_history_the_steps_are_said_to_be_pruned(
    old: Deployment, alice: User
) -> None:
    prune("--events", "30")
    page = read(signed_in(alice), old.get_absolute_url())
    assert "What each step did was pruned on" in page.text
    assert "not run" not in page.text
    answer = Api(alice).get(f"/deployments/{old.pk}").json()
    assert answer["progress"] == {"percent": 100, "step": "", "steps": []}
    assert Api(alice).get(f"/deployments/{old.pk}/events").json()["next"] is None


def test_the_administration_says_when_it_was_pruned(
    old: Deployment, alice: User
) -> None:
    prune("--logs", "30")
    client = administration.enter_as_superuser(alice)
    assert "Log pruned at:" in read(client, administration.page_of(old)).text
