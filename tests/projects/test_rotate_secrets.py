"""Stored secrets under a new key: all of them, none lost, none shown."""

from collections.abc import Callable
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import CommandError, call_command

from projects import secrets, services
from projects.models import AuditEntry, Environment, Project, Server, User, Variable
from projects.secrets import Ciphertext, DecryptFailed, EncryptedTextField
from projects.services import rotation
from tests.factories import make_release

pytestmark = pytest.mark.both_back_ends

OLD, NEW, OTHER = (Fernet.generate_key().decode() for _ in range(3))
VALUE = "s3cret-value-of-a-variable"


@pytest.fixture(autouse=True)
def _old_key(settings: Any) -> None:
    settings.ENCRYPTION_KEYS = [OLD]


@pytest.fixture
def variable(environment: Environment, dora: User) -> Variable:
    services.set_variable(environment, name="TOKEN", value=VALUE, by=dora)
    return environment.variables.get(name="TOKEN")


def use(settings: Any, *keys: str) -> None:
    settings.ENCRYPTION_KEYS = list(keys)


def run(*arguments: str) -> str:
    output = StringIO()
    call_command("rotate_secrets", *arguments, stdout=output, stderr=output)
    return output.getvalue()


def refused(*arguments: str) -> str:
    output = StringIO()
    with pytest.raises(CommandError) as refusal:
        call_command("rotate_secrets", *arguments, stdout=output, stderr=output)
    return f"{output.getvalue()}{refusal.value}"


def stored(row: Any, name: str) -> Ciphertext:
    return type(row)._base_manager.values_list(name, flat=True).get(pk=row.pk)


def test_every_secret_of_every_table_is_written_anew(
    variable: Variable, project: Project, server: Server, settings: Any, dora: User
) -> None:
    services.change_project(
        project, by=dora, git_token="git-token", registry_password="password"
    )
    release = make_release(variable.environment)
    private_key = server.private_key
    use(settings, NEW, OLD)
    run()
    use(settings, NEW)

    assert Variable.objects.get().value == VALUE
    assert Server.objects.get().private_key == private_key
    project = Project.objects.get()
    assert (project.git_token, project.registry_password) == ("git-token", "password")
    assert Environment.objects.get().fingerprint_key
    assert "s3cret-value" in type(release).objects.get().variables
    tallies = services.survey_secrets()
    assert {number for tally in tallies for number in tally.per_key} == {0}


def test_no_encrypted_field_is_forgotten() -> None:
    names = set(map(rotation._name, secrets.encrypted_fields()))
    assert {
        "project.Variable.value",
        "project.ProjectVariable.value",
        "project.Project.git_token",
        "project.Project.git_deploy_key",
        "project.Project.registry_password",
        "project.Server.private_key",
        "project.Environment.fingerprint_key",
        "deployments.Release.variables",
    } <= names


def test_the_check_tells_which_keys_are_needed_and_changes_nothing(
    variable: Variable, settings: Any
) -> None:
    before = stored(variable, "value")
    use(settings, NEW, OLD)
    output = refused("--check")
    assert f"key 1: {secrets.name_of(NEW)} for new secrets" in output
    assert f"key 2: {secrets.name_of(OLD)}" in output
    assert "project.Variable.value: 1 with key 2" in output
    assert "older keys are still needed" in output
    assert stored(variable, "value") == before

    run()
    output = run("--check")
    assert "project.Variable.value: 1 with key 1" in output
    assert "The first key opens everything." in output


def test_a_second_run_writes_nothing(variable: Variable, settings: Any) -> None:
    use(settings, NEW, OLD)
    assert "written anew" in run()
    after = stored(variable, "value")
    assert "written anew" not in run()
    assert stored(variable, "value") == after


def test_what_no_key_opens_is_told_by_its_place_and_the_others_are_done(
    variable: Variable, environment: Environment, settings: Any, dora: User
) -> None:
    use(settings, OTHER)
    lost = services.set_variable(environment, name="LOST", value=VALUE, by=dora)
    before = stored(lost, "value")
    use(settings, NEW, OLD)

    output = refused()
    assert f"no key opens project.variable:{lost.pk}:value" in output
    assert "No key opens 1 of them." in output
    assert "1 with key 2, 1 written anew" in output
    assert VALUE not in output
    assert stored(lost, "value") == before
    assert "no key opens" in refused("--check")
    use(settings, NEW)
    assert Variable.objects.get(pk=variable.pk).value == VALUE


def test_a_secret_that_was_moved_from_another_row_is_not_written_anew(
    variable: Variable, environment: Environment, settings: Any, dora: User
) -> None:
    other = services.set_variable(environment, name="OTHER", value="mine", by=dora)
    Variable.objects.filter(pk=other.pk).update(value=stored(variable, "value"))
    use(settings, NEW, OLD)
    assert f"no key opens project.variable:{other.pk}:value" in refused()
    with pytest.raises(DecryptFailed):
        _ = Variable.objects.get(pk=other.pk).value


def test_more_rows_than_one_batch_holds_are_all_done(
    environment: Environment, settings: Any, dora: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotation, "BATCH", 2)
    for number in range(5):
        services.set_variable(environment, name=f"N{number}", value=VALUE, by=dora)
    use(settings, NEW, OLD)
    assert "project.Variable.value: 5 with key 2, 5 written anew" in run()
    use(settings, NEW)
    assert {row.value for row in Variable.objects.all()} == {VALUE}


def meddle(monkeypatch: pytest.MonkeyPatch, act: Callable[[], object]) -> None:
    """Do this once, after the row was read and before it is written."""
    original = EncryptedTextField.reencrypt
    todo = [act]

    def reencrypt(self: EncryptedTextField, pk: Any, ciphertext: Ciphertext) -> bool:
        if self.model is Variable and todo:
            todo.pop()()
        return original(self, pk, ciphertext)

    monkeypatch.setattr(EncryptedTextField, "reencrypt", reencrypt)


def change(variable: Variable, settings: Any, *keys: str) -> None:
    """As a process does that was started with these keys."""
    before = settings.ENCRYPTION_KEYS
    use(settings, *keys)
    changed = Variable.objects.get(pk=variable.pk)
    changed.value = "changed meanwhile"
    changed.save()
    use(settings, *before)


@pytest.mark.parametrize("keys", [(NEW, OLD), (OLD,)], ids=["new key", "old key"])
def test_a_change_while_it_runs_is_not_lost(
    variable: Variable,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    keys: tuple[str, ...],
) -> None:
    use(settings, NEW, OLD)
    meddle(monkeypatch, lambda: change(variable, settings, *keys))
    run()
    use(settings, NEW)
    assert Variable.objects.get(pk=variable.pk).value == "changed meanwhile"


def test_a_row_that_goes_while_it_runs_disturbs_nobody(
    variable: Variable, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    use(settings, NEW, OLD)
    meddle(monkeypatch, lambda: Variable.objects.all().delete())
    assert "written anew" in run()  # the others
    assert not Variable.objects.exists()


def test_rotating_leaves_everything_else_of_a_row_alone(
    variable: Variable, settings: Any
) -> None:
    before = Variable.objects.values("name", "is_secret", "updated_at").get()
    use(settings, NEW, OLD)
    run()
    assert Variable.objects.values("name", "is_secret", "updated_at").get() == before


def test_the_operation_is_audited_without_a_secret(
    variable: Variable, settings: Any
) -> None:
    use(settings, NEW, OLD)
    run()
    begun, ended = AuditEntry.objects.order_by("pk").filter(action__contains="rotat")
    assert (begun.action, begun.object_name) == (
        "secrets.rotation_started",
        secrets.name_of(NEW),
    )
    assert ended.action == "secrets.rotated"
    assert ended.facts["rewritten"]["project.Variable.value"] == 1
    assert ended.facts["unreadable"] == 0
    assert NEW not in str(ended.facts) + ended.object_name


# --- A new key -----------------------------------------------------------------------


@pytest.fixture
def file(tmp_path: Path, settings: Any) -> Path:
    file = tmp_path / "encryption_keys"
    file.write_text(OLD)
    settings.ENCRYPTION_KEYS_FILE = file
    return file


def test_a_new_key_is_put_in_front_and_the_next_steps_are_told(
    file: Path, db: None
) -> None:
    output = run("--new-key")
    new, old = file.read_text().split()
    assert old == OLD
    assert secrets.name_of(new) in output
    assert "restart" in output
    assert new not in output
    entry = AuditEntry.objects.get(action="encryption_key.added")
    assert entry.object_name == secrets.name_of(new)


def test_keys_of_the_variable_are_the_operators_own_to_change(
    settings: Any, db: None
) -> None:
    settings.ENCRYPTION_KEYS_FILE = None
    assert "OEC_ENCRYPTION_KEYS" in refused("--new-key")
    assert not AuditEntry.objects.filter(action="encryption_key.added").exists()


def test_a_key_that_could_not_be_added_is_not_in_the_audit_trail(
    file: Path, db: None
) -> None:
    file.with_name("encryption_keys.new").touch()
    assert "encryption_keys.new is there" in refused("--new-key")
    assert file.read_text() == OLD
    assert not AuditEntry.objects.filter(action="encryption_key.added").exists()


def test_from_the_new_key_to_dropping_the_old_one(
    file: Path, variable: Variable, settings: Any
) -> None:
    run("--new-key")
    use(settings, *file.read_text().split())  # the restart
    refused("--check")
    run()
    run("--check")
    use(settings, file.read_text().split()[0])
    assert Variable.objects.get().value == VALUE
