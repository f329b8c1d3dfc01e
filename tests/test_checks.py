"""What is missing on the machine is said by ``check``, by a page's log, by a worker."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.test import Client

from deployments import tasks
from oec import checks
from tests.processes import ROOT

MANIFEST_STORAGE = {
    "default": {"BACKEND": "django.core.files.storage.FileSystemStorage"},
    "staticfiles": {"BACKEND": "oec.storage.ModuleManifestStaticFilesStorage"},
}


@pytest.fixture
def nothing_installed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))


@pytest.fixture
def uncollected(tmp_path: Path, settings: Any) -> Path:
    """Where the static files should be."""
    settings.STORAGES = MANIFEST_STORAGE
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATIC_ROOT.mkdir()
    return settings.STATIC_ROOT


@pytest.mark.usefixtures("nothing_installed")
def test_check_says_all_that_is_missing_at_once(tmp_path: Path) -> None:
    finished = subprocess.run(
        [sys.executable, "manage.py", "check"],
        cwd=ROOT,
        env={
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "oec.settings",
            "OEC_DATA_DIR": str(tmp_path),
            "DATABASE_URL": "postgresql://oec:s3cret@127.0.0.1:1/oec",
        },
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 1
    assert "The database cannot be reached." in finished.stderr
    assert "apt-get install git" in finished.stderr
    assert "manage.py collectstatic" in finished.stderr
    assert "Traceback" not in finished.stderr
    assert "s3cret" not in finished.stderr


@pytest.mark.usefixtures("nothing_installed")
def test_a_worker_without_git_says_so_when_it_starts(
    caplog: pytest.LogCaptureFixture,
) -> None:
    tasks.tell_what_is_missing()
    assert "There is no program git here" in caplog.text
    assert "apt-get install git" in caplog.text


@pytest.mark.django_db
def test_a_page_without_collected_files_is_shown_and_the_log_says_why(
    uncollected: Path, client: Client, caplog: pytest.LogCaptureFixture
) -> None:
    answer = client.get("/sign-in")
    assert answer.status_code == 200
    assert "/static/css/" in answer.content.decode()
    logged = [line for line in caplog.messages if "collectstatic" in line]
    assert len(logged) == 1


def test_a_list_of_files_that_was_left_half_written_counts_as_none(
    uncollected: Path, caplog: pytest.LogCaptureFixture
) -> None:
    (uncollected / "staticfiles.json").write_text('{"paths": {"css')
    assert staticfiles_storage.url("css/base.css") == "/static/css/base.css"
    assert "collectstatic" in caplog.text


def test_files_from_before_an_upgrade_are_noticed(uncollected: Path) -> None:
    assert checks.static_files()
    call_command("collectstatic", interactive=False, verbosity=0, post_process=False)
    assert checks.static_files() == []
    (uncollected / "css" / "base.css").write_text("of the last version")
    [warning] = checks.static_files()
    assert "css/base.css" in warning.msg


@pytest.mark.django_db
@pytest.mark.both_back_ends
def test_a_database_that_takes_writes_is_no_trouble() -> None:
    assert checks.database() == []
