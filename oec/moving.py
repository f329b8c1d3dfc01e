"""Every row of one database into another one: SQLite to PostgreSQL."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.apps import apps
from django.core.management.color import no_style
from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

#: Rows that are read at a time.
BATCH = 500
#: What ``migrate`` itself writes into an empty database.
ITS_OWN = {"contenttypes.contenttype", "auth.permission"}


@dataclass(frozen=True, slots=True)
class Moved:
    table: str
    rows: int


def models_to_move() -> list[type[models.Model]]:
    """Each has a table; those in between of many-to-many fields, too."""
    return [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]


def tables_with_rows(target: BaseDatabaseWrapper) -> list[str]:
    """Those that somebody has used."""
    return [
        model._meta.db_table
        for model in models_to_move()
        if model._meta.label_lower not in ITS_OWN and count(target, model)
    ]


def count(database: BaseDatabaseWrapper, model: type[models.Model]) -> int:
    with database.cursor() as cursor:
        cursor.execute(f"SELECT count(*) FROM {_quoted(database, model)}")  # noqa: S608  # nosec B608
        return int(cursor.fetchone()[0])


def copy(source: BaseDatabaseWrapper, target: BaseDatabaseWrapper) -> Iterator[Moved]:
    """Table by table, in batches, within the caller's transactions.

    Values go as they are stored, so that nothing is decrypted or unpacked. Foreign
    keys are checked at the end, when every table is there.
    """
    with target.cursor() as cursor:
        own = [m for m in models_to_move() if m._meta.label_lower in ITS_OWN]
        tables = ", ".join(_quoted(target, model) for model in own)
        cursor.execute(f"TRUNCATE {tables} CASCADE")
    for model in models_to_move():
        yield Moved(model._meta.db_table, _copy_table(source, target, model))
    with target.cursor() as cursor:
        resets = target.ops.sequence_reset_sql(no_style(), models_to_move())
        for statement in resets:
            cursor.execute(statement)


def _copy_table(
    source: BaseDatabaseWrapper,
    target: BaseDatabaseWrapper,
    model: type[models.Model],
) -> int:
    fields = model._meta.local_concrete_fields
    columns = ", ".join(target.ops.quote_name(str(field.column)) for field in fields)
    rows = 0
    with (
        target.wrap_database_errors,
        source.cursor() as reader,
        target.cursor() as writer,
    ):
        reader.execute(f"SELECT {columns} FROM {_quoted(source, model)}")  # noqa: S608  # nosec B608
        with writer.copy(
            f"COPY {_quoted(target, model)} ({columns}) FROM STDIN"
        ) as copying:
            while batch := reader.fetchmany(BATCH):
                for row in batch:
                    copying.write_row(list(map(_as_text, fields, row)))
                rows += len(batch)
    return rows


def _as_text(field: "models.Field[Any, Any]", value: Any) -> Any:
    """SQLite has neither truth values nor time zones; ours are UTC."""
    if value is None:
        return None
    if isinstance(field, models.BooleanField):
        return bool(value)
    if isinstance(field, models.DateTimeField):
        return f"{value}+00:00"
    return value


def _quoted(database: BaseDatabaseWrapper, model: type[models.Model]) -> str:
    return database.ops.quote_name(model._meta.db_table)
