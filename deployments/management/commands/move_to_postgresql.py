"""manage.py move_to_postgresql: everything from SQLite into an empty PostgreSQL."""

import os
import subprocess
import sys
from itertools import zip_longest
from typing import Any

import dj_database_url
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.db import DatabaseError, connection, connections, transaction
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.migrations.executor import MigrationExecutor

from deployments import beats
from deployments.models import Beat, Release
from oec import moving
from projects import services

SOURCE, TARGET = "default", "target"
KINDS = (Beat.Kind.WORKER, Beat.Kind.DISPATCHER)
NEXT = """\
Next:
  1. set DATABASE_URL to the new database, for every process and on every machine
  2. start web, workers and dispatcher
The SQLite file is as it was. Keep it until the console has run for a while.
"""


class Command(BaseCommand):
    help = "Copies this console's SQLite database into an empty PostgreSQL database."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument(
            "url",
            help="postgresql://user@host:5432/name, or - to read it from standard "
            "input, where no list of processes shows a password",
        )

    def handle(self, *args: Any, url: str, **options: Any) -> None:
        url = sys.stdin.readline().strip() if url == "-" else url
        _refuse_source()
        target = _connect(url)
        _refuse_used(target)
        _migrate(url)
        # The source's transaction keeps all others from writing meanwhile.
        try:
            with transaction.atomic(SOURCE), transaction.atomic(TARGET):
                for moved in moving.copy(connection, target):
                    self.stdout.write(f"{moved.table}: {moved.rows} rows")
                self._prove(target)
        except DatabaseError as error:
            raise CommandError(
                f"A row does not fit: {error}Nothing was kept in the new database."
            ) from error
        self.stdout.write("Everything was copied, compared and committed.")
        self.stdout.write(NEXT, ending="")

    def _prove(self, target: BaseDatabaseWrapper) -> None:
        """Raises what takes everything back when anything is not as it was."""
        for model in moving.models_to_move():
            counts = moving.count(connection, model), moving.count(target, model)
            if counts[0] != counts[1]:
                raise CommandError(
                    f"{model._meta.db_table}: {counts[0]} rows became {counts[1]}. "
                    "Nothing was kept in the new database."
                )
        self.stdout.write("Every table has as many rows as before.")
        tallies = list(services.survey_secrets(TARGET))
        lost = {place for tally in tallies for place in tally.unreadable}
        lost -= {
            place
            for tally in services.survey_secrets(SOURCE)
            for place in tally.unreadable
        }
        if lost:
            raise CommandError(
                f"No key opens {len(lost)} secrets of the copy, such as {min(lost)}. "
                "Nothing was kept in the new database."
            )
        opened = sum(sum(tally.per_key.values()) for tally in tallies)
        self.stdout.write(f"The keys open all that they opened before: {opened}.")
        self.stdout.write(f"Releases that are equal: {_equal_releases()}.")


def _refuse_source() -> None:
    if connection.vendor != "sqlite":
        raise CommandError("DATABASE_URL names no SQLite database: nothing to move.")
    executor = MigrationExecutor(connection)
    if executor.migration_plan(executor.loader.graph.leaf_nodes()):
        raise CommandError(
            "The database is not up to date. Run: python manage.py migrate"
        )
    running = [str(beat) for beat in beats.seen(*KINDS)]
    if running:
        raise CommandError(
            f"{', '.join(running)} gave a sign of life within 15 seconds. Stop web, "
            "workers and dispatcher first, so that nothing is written meanwhile."
        )


def _connect(url: str) -> BaseDatabaseWrapper:
    described = dj_database_url.parse(url)
    if described.get("ENGINE") != "django.db.backends.postgresql":
        raise CommandError("The address begins with postgresql://.")
    connections.settings[TARGET] = {
        **connections.settings[SOURCE],
        "OPTIONS": {},
        **described,
    }
    target = connections[TARGET]
    try:
        target.ensure_connection()
    except DatabaseError as error:
        raise CommandError(
            f"The new database cannot be reached: {error}".strip()
        ) from error
    return target


def _refuse_used(target: BaseDatabaseWrapper) -> None:
    tables = set(target.introspection.table_names())
    if not tables:
        return
    known = {model._meta.db_table for model in moving.models_to_move()}
    used = moving.tables_with_rows(target) if known <= tables else sorted(tables)
    if used:
        raise CommandError(
            f"The new database is not empty: {', '.join(used[:5])}. Nothing was "
            "changed. Make an empty one, such as with: createdb --owner oec oec"
        )


def _migrate(url: str) -> None:
    # In a process of its own: migrations speak to the one database of their process.
    command = [sys.executable, str(settings.BASE_DIR / "manage.py"), "migrate"]
    finished = subprocess.run(
        [*command, "--verbosity", "0"],
        env={**os.environ, "DATABASE_URL": url},
        capture_output=True,
        text=True,
    )
    if finished.returncode:
        raise CommandError(
            "The tables could not be made in the new database.\n" + finished.stderr
        )


def _equal_releases() -> int:
    equal = 0
    for before, after in zip_longest(_releases(SOURCE), _releases(TARGET)):
        if before != after:
            raise CommandError(
                f"The release {(before or after)[0]} is not the same in the copy. "
                "Nothing was kept in the new database."
            )
        equal += 1
    return equal


def _releases(alias: str) -> Any:
    columns = [field.attname for field in Release._meta.concrete_fields]
    rows = Release._base_manager.using(alias).order_by("pk")
    return rows.values_list(*columns).iterator(chunk_size=moving.BATCH)
