"""Mistakes in the environment are told in one sentence with the remedy."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured

from oec.environment import check_names, make_data_folder

ROOT = Path(__file__).resolve().parent.parent
REAL = {"DJANGO_SETTINGS_MODULE": "oec.settings"}
PROCESSES = {
    "check": ["manage.py", "check"],
    "up": ["manage.py", "up"],
    "dispatcher": ["manage.py", "dispatcher"],
    "web": ["-m", "uvicorn", "oec.asgi:application"],
    "worker": ["-m", "celery", "--app", "oec", "worker"],
}


def refusal(command: list[str], folder: Path, **variables: str) -> str:
    finished = subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env={**os.environ, **REAL, "OEC_DATA_DIR": str(folder), **variables},
        capture_output=True,
        text=True,
        timeout=60,
    )
    assert finished.returncode not in {0, None}
    assert "Traceback" not in finished.stderr
    return finished.stderr


@pytest.mark.parametrize("process", PROCESSES)
def test_every_process_reads_the_file_and_says_it_in_one_sentence(
    process: str, tmp_path: Path
) -> None:
    file = tmp_path / "oec.env"
    file.write_text("OEC_LEASE_SECONDS=0\n")
    said = refusal(PROCESSES[process], tmp_path, OEC_ENV_FILE=str(file))
    assert "OEC_LEASE_SECONDS: Give it a number from 3 to 3600." in said


@pytest.mark.parametrize(
    ("name", "value", "sentence"),
    [
        ("OEC_PORT", "eight", "OEC_PORT: Not a valid integer."),
        ("OEC_LEASE_SECONDS", "10", "three times OEC_HEARTBEAT_SECONDS"),
        ("REDIS_URL", "localhost:6379", "REDIS_URL: Write it as redis://host:6379/0."),
        ("DATABASE_URL", "db.example.org/oec", "Write it as postgresql://user"),
        ("OEC_SECRET_KYE", "x", "Perhaps OEC_SECRET_KEY is meant?"),
    ],
)
def test_each_mistake_has_its_remedy(
    name: str, value: str, sentence: str, tmp_path: Path
) -> None:
    assert sentence in refusal(PROCESSES["check"], tmp_path, **{name: value})


def test_a_command_without_its_database_says_so(tmp_path: Path) -> None:
    away = "postgresql://oec:s3cret@127.0.0.1:1/oec"
    said = refusal(["manage.py", "prune"], tmp_path, DATABASE_URL=away)
    assert "The database cannot be reached." in said
    assert "Start it, or correct DATABASE_URL." in said
    assert len(said.splitlines()) == 1
    assert "s3cret" not in said


def test_names_of_others_are_left_alone() -> None:
    check_names(
        {"OEC_VERSION": "3", "OEC_SOMETHING_ELSE": "", "PATH": ""}, {"OEC_PORT"}
    )
    with pytest.raises(ImproperlyConfigured, match="OEC_PORT"):
        check_names({"OEC_PORTS": "1"}, {"OEC_PORT"})


def test_a_data_folder_that_cannot_be_made_or_used_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(ImproperlyConfigured, match="OEC_DATA_DIR"):
        make_data_folder(tmp_path / "file" / "data")
    monkeypatch.setattr(os, "access", lambda *_: False)
    with pytest.raises(ImproperlyConfigured, match="Run OEC as its owner"):
        make_data_folder(tmp_path)


@pytest.mark.parametrize("name", ["encryption_keys", "mirrors", "broker/queue"])
def test_what_another_user_left_in_the_data_folder_is_named(
    name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_data_folder(tmp_path)
    other = tmp_path / name
    other.mkdir(parents=True)
    monkeypatch.setattr(os, "access", lambda path, _: path != other)
    with pytest.raises(ImproperlyConfigured, match=f"{other.name} in the data folder"):
        make_data_folder(tmp_path)
