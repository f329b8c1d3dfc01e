"""Rules that the database itself keeps, for whoever writes to it by another door.

Written in SQL for PostgreSQL and for SQLite, and used by migrations only.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.db import migrations
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations.state import StateApps


@dataclass(frozen=True)
class Guard:
    """Refuses an UPDATE or DELETE of ``table``, always or when ``condition`` holds.

    ``condition`` is SQL over OLD and NEW that both back ends understand. One that
    ``reads_rows`` of tables costs PostgreSQL the call of a function for each row.
    """

    name: str
    table: str
    event: str
    message: str
    condition: str = ""
    reads_rows: bool = False

    def create(self, vendor: str) -> Iterator[str]:
        when = f"WHEN ({self.condition})" if self.condition else ""
        if vendor == "sqlite":
            yield (
                f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
                f"FOR EACH ROW {when} BEGIN SELECT RAISE(ABORT, '{self.message}'); END"
            )
            return
        refusal = (
            f"RAISE EXCEPTION '{self.message}' "
            # The class of error that SQLite's RAISE(ABORT) has, too.
            "USING ERRCODE = 'integrity_constraint_violation';"
        )
        if self.reads_rows:
            row = "OLD" if self.event == "DELETE" else "NEW"
            refusal = f"IF {self.condition} THEN {refusal} END IF; RETURN {row};"
            when = ""
        yield (
            f"CREATE FUNCTION {self.name}() RETURNS trigger LANGUAGE plpgsql AS "
            f"$$ BEGIN {refusal} END $$"
        )
        each = "STATEMENT" if self.event == "TRUNCATE" else "ROW"
        yield (
            f"CREATE TRIGGER {self.name} BEFORE {self.event} ON {self.table} "
            f"FOR EACH {each} {when} EXECUTE FUNCTION {self.name}()"
        )

    def drop(self, vendor: str) -> Iterator[str]:
        if vendor == "sqlite":
            yield f"DROP TRIGGER {self.name}"
        else:
            yield f"DROP FUNCTION {self.name}() CASCADE"

    def applies_to(self, vendor: str) -> bool:
        return vendor == "postgresql" or self.event != "TRUNCATE"


def append_only(table: str, message: str) -> list[Guard]:
    """No UPDATE, DELETE or TRUNCATE, ever."""
    return [
        Guard(f"{table}_no_{event.lower()}", table, event, message)
        for event in ("UPDATE", "DELETE", "TRUNCATE")
    ]


def install(guards: list[Guard]) -> migrations.RunPython:
    """The migration operation that creates the guards, and drops them backwards."""

    return migrations.RunPython(_creating(guards), _dropping(guards))


def uninstall(guards: list[Guard]) -> migrations.RunPython:
    """The operation that drops the guards, and creates them backwards."""
    return migrations.RunPython(_dropping(guards), _creating(guards))


def _creating(guards: list[Guard]) -> Callable[..., None]:
    def create(_: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        _execute(editor, guards, Guard.create)

    return create


def _dropping(guards: list[Guard]) -> Callable[..., None]:
    def drop(_: StateApps, editor: BaseDatabaseSchemaEditor) -> None:
        _execute(editor, guards, Guard.drop)

    return drop


def _execute(
    editor: BaseDatabaseSchemaEditor,
    guards: list[Guard],
    statements: Callable[[Guard, str], Iterator[str]],
) -> None:
    vendor = editor.connection.vendor
    for guard in guards:
        if guard.applies_to(vendor):
            for statement in statements(guard, vendor):
                editor.execute(statement, params=None)
