"""The file of encryption keys, and keys that stop the start."""

import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.fernet import Fernet
from django.core.exceptions import ImproperlyConfigured

from oec.keys import (
    check_encryption_keys,
    put_in_front,
    read_or_create_encryption_keys,
)

KEYS = [Fernet.generate_key().decode() for _ in range(2)]


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "encryption_keys"


def test_a_key_file_is_made_once_and_for_its_owner_alone(file: Path) -> None:
    made = read_or_create_encryption_keys(file)
    assert read_or_create_encryption_keys(file) == made
    assert len(made) == 1
    assert stat.S_IMODE(file.stat().st_mode) == 0o600


@pytest.mark.parametrize("mode", [0o600, 0o400, 0o440])
def test_a_new_key_comes_first_and_the_file_keeps_its_mode(
    file: Path, mode: int
) -> None:
    file.write_text(KEYS[0])
    file.chmod(mode)
    put_in_front(KEYS[1], file)
    assert read_or_create_encryption_keys(file) == [KEYS[1], KEYS[0]]
    assert stat.S_IMODE(file.stat().st_mode) == mode
    assert os.listdir(file.parent) == [file.name]


def test_a_key_file_that_is_a_link_stays_one(file: Path, tmp_path: Path) -> None:
    (tmp_path / "real").write_text(KEYS[0])
    file.symlink_to("real")
    put_in_front(KEYS[1], file)
    assert file.is_symlink()
    assert read_or_create_encryption_keys(file) == [KEYS[1], KEYS[0]]


def test_two_at_once_do_not_lose_each_others_key(file: Path) -> None:
    file.write_text(KEYS[0])
    file.with_name("encryption_keys.new").touch()
    with pytest.raises(FileExistsError):
        put_in_front(KEYS[1], file)
    assert read_or_create_encryption_keys(file) == [KEYS[0]]


@pytest.mark.parametrize(
    ("keys", "sentence"),
    [([], "holds no encryption key"), ([KEYS[0], "s3cret-but-short"], "key 2 in")],
    ids=["none", "no key"],
)
def test_what_is_no_key_is_refused_without_being_shown(
    keys: list[str], sentence: str
) -> None:
    with pytest.raises(ImproperlyConfigured, match=sentence) as refusal:
        check_encryption_keys(keys, source="OEC_ENCRYPTION_KEYS")
    assert "s3cret" not in str(refusal.value)


@pytest.mark.parametrize("text", ["", "s3cret-but-short"], ids=["empty", "no key"])
def test_f53_nothing_starts_on_a_key_file_that_holds_no_key(
    text: str, tmp_path: Path
) -> None:
    (tmp_path / "encryption_keys").write_text(text)
    started = subprocess.run(
        [sys.executable, "manage.py", "check"],
        env={
            **os.environ,
            "OEC_DATA_DIR": str(tmp_path),
            "DJANGO_SETTINGS_MODULE": "oec.settings",
        },
        capture_output=True,
        text=True,
    )
    assert started.returncode != 0
    assert "encryption_keys" in started.stderr
    assert "s3cret" not in started.stderr
