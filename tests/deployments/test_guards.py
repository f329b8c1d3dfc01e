"""What the database itself refuses, whoever writes to it."""

from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.db import DatabaseError, IntegrityError, models, transaction

from deployments.models import TERMINAL, Deployment, Release, Status
from projects.models import Environment, User
from projects.secrets import Ciphertext, encrypt
from tests.factories import COMMIT, make_deployment, make_release

pytestmark = pytest.mark.both_back_ends

IMPOSSIBLE_ROWS: dict[str, dict[str, Any]] = {
    "known_status": {"status": "paused"},
    "known_trigger": {"trigger": "magic"},
    "completed_when_terminal": {"completed_at": None},
    "one_active_deployment": {"status": Status.PENDING},
    "version_in_project": {"version": 1},
    "attempt_in_root": {"attempt": 1},
}


@pytest.mark.parametrize("constraint", IMPOSSIBLE_ROWS)
def test_a_row_that_cannot_be_is_not_stored(
    constraint: str, environment: Environment, alice: User
) -> None:
    first = make_deployment(environment, by=alice)
    make_deployment(environment, by=alice, status=Status.RUNNING)
    columns = {"retry_of": first, **IMPOSSIBLE_ROWS[constraint]}
    with pytest.raises(IntegrityError), transaction.atomic():
        make_deployment(environment, by=alice, **columns)
    assert Deployment.objects.count() == 2


def test_the_same_row_without_the_flaw_is_stored(
    environment: Environment, alice: User
) -> None:
    first = make_deployment(environment, by=alice)
    make_deployment(environment, by=alice, status=Status.RUNNING)
    make_deployment(environment, by=alice, retry_of=first)
    assert Deployment.objects.count() == 3


@pytest.mark.parametrize(
    ("end", "status"),
    [(end, status) for end in TERMINAL for status in Status if status != end],
)
def test_a_finished_deployment_stays_as_it_ended(
    end: Status, status: Status, environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=end)
    with pytest.raises(DatabaseError, match="finished"), transaction.atomic():
        Deployment.objects.filter(pk=deployment.pk).update(status=status)


@pytest.mark.parametrize("column", ["release", "project", "version"])
def test_a_deployment_never_becomes_another_one(
    column: str, environment: Environment, alice: User
) -> None:
    deployment = make_deployment(environment, by=alice, status=Status.PENDING)
    other = {
        "release": make_release(environment).pk,
        "project": "00000000-0000-4000-8000-000000000000",
        "version": 99,
    }
    with pytest.raises(DatabaseError, match="never change"), transaction.atomic():
        Deployment.objects.filter(pk=deployment.pk).update(**{column: other[column]})


FROZEN: dict[str, Any] = {
    "git_branch": "other",
    "git_commit": "f" * 40,
    "git_message": "another",
    "configuration": {"build_command": "make all"},
    "config_digest": "e" * 64,
}


@pytest.mark.parametrize("column", FROZEN)
def test_a_release_never_changes(column: str, environment: Environment) -> None:
    release = make_release(environment)
    rows = Release.objects.filter(pk=release.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        models.QuerySet.update(rows, **{column: FROZEN[column]})


def renewed(release: Release) -> Ciphertext:
    """The release's variables, written with the first key of now."""
    field = Release._meta.get_field("variables")
    return encrypt(release.variables, place=field.place_of(release))


def test_a_release_is_written_anew_under_another_key_and_says_the_same(
    environment: Environment, settings: Any
) -> None:
    release = make_release(environment)
    variables = release.variables
    before = {**vars(Release.objects.get()), "_state": None}
    settings.ENCRYPTION_KEYS = [
        Fernet.generate_key().decode(),
        *settings.ENCRYPTION_KEYS,
    ]
    field = Release._meta.get_field("variables")

    assert field.reencrypt(release.pk, before["variables"])
    assert not field.reencrypt(release.pk, before["variables"])

    settings.ENCRYPTION_KEYS = settings.ENCRYPTION_KEYS[:1]
    stored = Release.objects.get()
    assert stored.variables == variables
    after = {**vars(stored), "_state": None}
    assert {name for name in after if after[name] != before[name]} == {"variables"}


@pytest.mark.parametrize("column", FROZEN)
@pytest.mark.parametrize("commit", ["", COMMIT])
def test_nothing_else_of_a_release_changes_with_its_key(
    column: str, commit: str, environment: Environment
) -> None:
    release = make_release(environment, git_commit=commit, git_message="")
    rows = Release.objects.filter(pk=release.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        models.QuerySet.update(
            rows, variables=renewed(release), **{column: FROZEN[column]}
        )


@pytest.mark.parametrize("text", ["", "{}", '{"A": ["b", true]}'])
def test_the_variables_of_a_release_never_stand_there_in_the_clear(
    text: str, environment: Environment
) -> None:
    release = make_release(environment)
    rows = Release.objects.filter(pk=release.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        models.QuerySet.update(rows, variables=Ciphertext(text))


def test_a_release_is_changed_through_no_queryset_and_no_instance(
    environment: Environment,
) -> None:
    release = make_release(environment)
    with pytest.raises(Release.Immutable):
        Release.objects.update(variables=renewed(release))
    release.variables = "{}"
    with pytest.raises(Release.Immutable):
        release.save(update_fields=["variables"])


def test_a_release_gets_its_commit_once(environment: Environment) -> None:
    release = make_release(environment, git_commit="", git_message="")
    resolve = Release.objects.resolve
    assert resolve(release.pk, git_commit=COMMIT, git_message="First")
    assert not resolve(release.pk, git_commit="f" * 40, git_message="Second")
    release.refresh_from_db()
    assert (release.git_commit, release.git_message) == (COMMIT, "First")


def test_a_chosen_commit_gets_its_message_once_and_stays_itself(
    environment: Environment,
) -> None:
    release = make_release(environment, git_commit=COMMIT, git_message="")
    resolve = Release.objects.resolve
    assert not resolve(release.pk, git_commit="f" * 40, git_message="Another")
    assert resolve(release.pk, git_commit=COMMIT, git_message="First")
    assert not resolve(release.pk, git_commit=COMMIT, git_message="Second")
    release.refresh_from_db()
    assert (release.git_commit, release.git_message) == (COMMIT, "First")


def test_a_chosen_commit_is_never_exchanged(environment: Environment) -> None:
    release = make_release(environment, git_commit=COMMIT, git_message="")
    rows = Release.objects.filter(pk=release.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        models.QuerySet.update(rows, git_commit="f" * 40)


def test_a_release_that_waits_for_its_commit_changes_in_nothing_else(
    environment: Environment,
) -> None:
    release = make_release(environment, git_commit="", git_message="")
    rows = Release.objects.filter(pk=release.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        models.QuerySet.update(rows, git_commit=COMMIT, config_digest="e" * 64)


def test_a_release_learns_once_which_image_a_name_was(environment: Environment) -> None:
    release = make_release(environment)
    first, second = (f"shop@sha256:{digit * 64}" for digit in "ab")
    assert Release.objects.pin(release.pk, pulled_image=first)
    assert not Release.objects.pin(release.pk, pulled_image=second)
    rows = Release.objects.filter(pk=release.pk)
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        models.QuerySet.update(rows, pulled_image=second)
    release.refresh_from_db()
    assert release.pulled_image == first


def test_a_release_is_never_removed(environment: Environment) -> None:
    release = make_release(environment)
    with pytest.raises(Release.Immutable):
        release.delete()
    with pytest.raises(DatabaseError, match="never changed"), transaction.atomic():
        Release.objects.filter(pk=release.pk)._raw_delete("default")
