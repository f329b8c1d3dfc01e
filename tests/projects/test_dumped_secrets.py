"""``dumpdata`` writes secrets as ciphertext, and ``loaddata`` reads them back."""

import json
from pathlib import Path
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.core.serializers.base import DeserializationError

from deployments.models import Release
from projects import secrets, services
from projects.models import Environment, Project, ProjectVariable, Server, Variable
from projects.models import User as Person
from projects.secrets import DecryptFailed
from tests.factories import make_release
from tests.management.commands.flush import paused_triggers

VALUE = "s3cret-value ☃ of a variable"
MODELS = [
    "project.server",
    "project.project",
    "project.environment",
    "project.variable",
    "project.projectvariable",
    "deployments.release",
]


@pytest.fixture
def places(environment: Environment, dora: Person) -> Environment:
    """Something secret in every encrypted field."""
    project = environment.project
    services.set_variable(environment, name="API_KEY", value=VALUE, by=dora)
    ProjectVariable.objects.create(project=project, name="TOKEN", value=VALUE)
    project.git_token = project.git_deploy_key = project.registry_password = VALUE
    project.save()
    make_release(environment, variables=json.dumps({"API_KEY": [VALUE, True]}))
    return environment


def opened() -> dict[str, Any]:
    """Every secret, as it reads."""
    project, environment = Project.objects.get(), Environment.objects.get()
    return {
        "private key": Server.objects.get().private_key,
        "git token": project.git_token,
        "deploy key": project.git_deploy_key,
        "registry": project.registry_password,
        "fingerprints": environment.fingerprint_key,
        "variable": Variable.objects.get().value,
        "of the project": ProjectVariable.objects.get().value,
        "release": Release.objects.get().variables,
    }


def dump(file: Path, format: str) -> str:
    call_command("dumpdata", *MODELS, format=format, output=str(file))
    return file.read_text()


def lose_everything(environment: Environment) -> None:
    with paused_triggers():
        Release.objects.all()._raw_delete("default")
    Variable.objects.all().delete()
    ProjectVariable.objects.all().delete()
    project = environment.project
    project.git_token = project.git_deploy_key = project.registry_password = ""
    project.save()
    Server.objects.update(private_key="")
    environment.fingerprint_key = "another"
    environment.save()


@pytest.mark.both_back_ends
@pytest.mark.parametrize("format", ["json", "jsonl", "xml"])
def test_what_was_dumped_is_loaded_again(
    format: str, places: Environment, tmp_path: Path
) -> None:
    before = opened()
    assert all(before.values())
    file = tmp_path / f"dump.{format}"
    text = dump(file, format)
    assert VALUE not in text
    assert "PRIVATE KEY" not in text
    lose_everything(places)
    call_command("loaddata", str(file), verbosity=0)
    assert opened() == before


def test_no_stored_secret_is_written_as_nothing(
    places: Environment, tmp_path: Path
) -> None:
    dumped = json.loads(dump(tmp_path / "dump.json", "json"))
    fields = {
        f"{row['model']}.{name}": value
        for row in dumped
        for name, value in row["fields"].items()
    }
    for encrypted in secrets.encrypted_fields():
        name = f"{encrypted.model._meta.label_lower}.{encrypted.name}"
        assert fields[name].startswith("encrypted:gAAAAA")


def test_what_is_empty_stays_empty(environment: Environment, tmp_path: Path) -> None:
    dump(tmp_path / "dump.json", "json")
    call_command("loaddata", str(tmp_path / "dump.json"), verbosity=0)
    assert Project.objects.get().git_token == ""


def test_a_dump_needs_no_key_and_its_secrets_need_theirs(
    places: Environment, tmp_path: Path, settings: Any
) -> None:
    before, keys = opened(), settings.ENCRYPTION_KEYS
    settings.ENCRYPTION_KEYS = [Fernet.generate_key().decode()]
    dump(tmp_path / "dump.json", "json")
    lose_everything(places)
    call_command("loaddata", str(tmp_path / "dump.json"), verbosity=0)
    with pytest.raises(DecryptFailed):
        _ = Variable.objects.get().value
    settings.ENCRYPTION_KEYS = keys
    assert opened() == before


@pytest.mark.parametrize("value", ["in the clear", "encrypted:in the clear"])
def test_a_secret_in_the_clear_is_not_loaded(
    value: str, places: Environment, tmp_path: Path
) -> None:
    file = tmp_path / "dump.json"
    dumped = json.loads(dump(file, "json"))
    for row in dumped:
        if row["model"] == "project.variable":
            row["fields"]["value"] = value
    file.write_text(json.dumps(dumped))
    with pytest.raises((TypeError, DeserializationError), match="encrypted"):
        call_command("loaddata", str(file), verbosity=0)
    assert Variable.objects.get().value == VALUE


def test_a_value_that_looks_like_a_dumped_one_is_a_value(
    environment: Environment, dora: Person
) -> None:
    value = f"{secrets.SERIALIZED}{secrets.BEGINS}xyz"
    services.set_variable(environment, name="API_KEY", value=value, by=dora)
    assert Variable.objects.get().value == value
