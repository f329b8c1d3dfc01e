"""manage.py move_to_postgresql: from a SQLite file into an empty PostgreSQL."""

import os
import shutil
import sqlite3
import subprocess
import sys
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tests import databases
from tests.processes import ROOT

pytestmark = pytest.mark.back_end("postgres")

#: Fills a console with what a team leaves in one, run with the source's settings.
FILL = """
import django; django.setup()
from datetime import timedelta
from django.utils import timezone
from deployments import events
from deployments.events import storage
from deployments.models import Deployment, Event, Status
from projects import services
from projects.models import Project, ProjectVariable
from tests import factories
dora = factories.make_user("dora")
shop = factories.make_project(factories.make_organization(dora), by=dora)
shop.git_token = "t0ken-of-the-host"; shop.save()
server = factories.make_server(shop.organization, by=dora)
place = factories.make_environment(shop, server, by=dora)
services.set_variable(place, name="API_KEY", value="s3cret", by=dora)
ProjectVariable.objects.create(project=shop, name="TOKEN", value="other")
failed = factories.make_deployment(place, by=dora)
events.append(failed.pk, [events.output("build", "größer\\n" * 500)])
factories.make_deployment(place, by=dora, retry_of=failed, status=Status.SUCCESS)
storage.compress()
Deployment.objects.filter(pk=failed.pk).update(log_pruned_at=timezone.now())
"""
#: What must read the same afterwards.
TELL = """
import django; django.setup()
import json
from deployments.models import Deployment, Event, Release
from projects.models import *
from projects.models import ProjectVariable, Server, Variable
print(json.dumps([
    [list(rows.order_by("created_at").values_list()) for rows in (
        Deployment.objects, Event.objects, AuditEntry.objects)],
    [[r.variables, r.configuration, r.created_at] for r in Release.objects.all()],
    [Project.objects.get().git_token, Server.objects.get().private_key],
    [Variable.objects.get().value, ProjectVariable.objects.get().value],
    [User.objects.get().password, Environment.objects.get().fingerprint_key],
    [p.codename for p in User.objects.get().groups.get().permissions.order_by("pk")],
], sort_keys=True, default=str))
"""


class Move:
    """A console on SQLite with data in it, and a PostgreSQL database to move to."""

    def __init__(self, folder: Path, server: str) -> None:
        self.file = folder / "oec.sqlite3"
        self.source = f"sqlite:///{self.file}"
        self.name = f"oec_move_{uuid.uuid4().hex[:8]}"
        self.target = f"{server}/{self.name}"
        self._folder = folder

    def python(self, url: str, *arguments: str) -> Any:
        kept = {k: v for k, v in os.environ.items() if not k.startswith("OEC_")}
        variables = {
            **kept,
            "DJANGO_SETTINGS_MODULE": "oec.settings",
            "OEC_ENV_FILE": os.devnull,
            "OEC_DATA_DIR": str(self._folder),
            "DATABASE_URL": url,
            "REDIS_URL": "",
        }
        command = [sys.executable, *arguments]
        return subprocess.run(
            command, cwd=ROOT, env=variables, capture_output=True, text=True
        )

    def move(self, target: str = "") -> Any:
        command = ("manage.py", "move_to_postgresql", target or self.target)
        return self.python(self.source, *command)

    def tell(self, url: str) -> str:
        finished = self.python(url, "-c", TELL)
        assert finished.returncode == 0, finished.stderr
        return str(finished.stdout)


@pytest.fixture
def console(tmp_path: Path) -> Iterator[Move]:
    """Nobody has used it yet."""
    server = os.environ["OEC_TEST_DATABASE_URL"].rpartition("/")[0]
    move = Move(tmp_path, server)
    shutil.copyfile(databases.migrated_sqlite(), move.file)
    with psycopg.connect(f"{server}/postgres", autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {move.name}")
        try:
            yield move
        finally:
            connection.execute(f"DROP DATABASE {move.name} WITH (FORCE)")


def test_everything_is_there_afterwards_and_the_next_row_has_its_place(
    console: Move,
) -> None:
    filled = console.python(console.source, "-c", FILL)
    assert filled.returncode == 0, filled.stderr
    before = console.tell(console.source)
    moved = console.move()
    assert moved.returncode == 0, moved.stderr
    for sentence in (
        "deployments_deployment: 2 rows",
        "Every table has as many rows as before.",
        "The keys open all that they opened before: ",
        "Releases that are equal: 1.",
        "set DATABASE_URL",
    ):
        assert sentence in moved.stdout
    assert console.tell(console.target) == before
    assert console.tell(console.source) == before
    # The sequences go on, and a second move finds a database that is in use.
    added = console.python(
        console.target,
        "-c",
        "import django; django.setup()\nfrom deployments.models import *\n"
        "row = Deployment.objects.order_by('version')[0]\n"
        "row.events.create(seq=99, kind='note', created_at=row.created_at)",
    )
    assert added.returncode == 0, added.stderr
    again = console.move()
    assert again.returncode == 1
    assert "The new database is not empty" in again.stderr


#: What is wrong with a console, and what the command says of it.
REFUSED = {
    "a process that runs": (
        "INSERT INTO deployments_beat (kind, name, seen_at, facts)"
        " VALUES ('worker', 'host:1', datetime('now'), '{}')",
        "Stop web, workers and dispatcher first",
    ),
    "a row that does not fit": (
        "INSERT INTO django_session (session_key, session_data, expire_date)"
        " VALUES (printf('%041d', 1), '', datetime('now'))",
        "django_session",
    ),
    "a table that is missing": (
        "DELETE FROM django_migrations WHERE id ="
        " (SELECT max(id) FROM django_migrations WHERE app = 'deployments')",
        "The database is not up to date.",
    ),
}


#: The whole move is made and taken back, which takes long.
WHOLE_MOVE = "a row that does not fit"


@pytest.mark.parametrize(
    "flaw",
    [
        pytest.param(flaw, marks=pytest.mark.release if flaw == WHOLE_MOVE else ())
        for flaw in REFUSED
    ],
)
def test_a_console_that_cannot_be_moved_is_refused_and_nothing_is_kept(
    flaw: str, console: Move
) -> None:
    statement, sentence = REFUSED[flaw]
    with sqlite3.connect(console.file) as connection:
        connection.execute(statement)
    moved = console.move()
    assert moved.returncode == 1
    assert sentence in moved.stderr
    assert "Traceback" not in moved.stderr
    with psycopg.connect(console.target) as target:
        row = target.execute("SELECT to_regclass('django_session')").fetchone()
        if row and row[0]:
            assert not target.execute("SELECT 1 FROM django_session").fetchall()


@pytest.mark.parametrize(
    ("address", "sentence"),
    [
        ("sqlite:///other.sqlite3", "begins with postgresql://"),
        ("postgresql://oec@127.0.0.1:1/oec", "cannot be reached"),
    ],
)
def test_what_cannot_be_a_target_is_refused(
    address: str, sentence: str, console: Move
) -> None:
    moved = console.move(address)
    assert moved.returncode == 1
    assert sentence in moved.stderr
    assert "Traceback" not in moved.stderr
