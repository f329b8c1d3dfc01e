"""What the last release writes fits into the tables of this one."""

from collections.abc import Iterator

import pytest
from django.db import connection, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState
from django.db.models import NOT_PROVIDED

from tests.upgrade import old

Field = tuple[str, str]
APPS = ("project", "deployments")


@pytest.fixture(scope="module")
def states() -> tuple[ProjectState, ProjectState]:
    """The tables of then and of now."""
    loader = MigrationLoader(None)
    known = set(old.migrations())
    nodes = [key for key in loader.graph.nodes if key in known or key[0] not in APPS]
    return (
        loader.project_state([key for key in nodes if key in known]),
        loader.project_state(),
    )


def fields(state: ProjectState) -> Iterator[tuple[Field, "models.Field"]]:
    for (label, model), described in state.models.items():
        if label in APPS:
            for name, field in described.fields.items():
                yield (f"{label}.{model}", name), field


def test_a_new_column_has_a_default_of_the_database_or_may_be_empty(
    states: tuple[ProjectState, ProjectState],
) -> None:
    before, now = states
    old_fields = dict(fields(before))
    tables = {table for table, _ in old_fields}
    missing = [
        key
        for key, field in fields(now)
        if key not in old_fields and key[0] in tables
        if not (field.null or field.many_to_many or has_default(field))
    ]
    assert missing == [], "give them a db_default: an older process leaves them out"


def test_no_column_is_gone_or_takes_less_than_before(
    states: tuple[ProjectState, ProjectState],
) -> None:
    before, now = states
    new_fields = dict(fields(now))
    for key, field in fields(before):
        assert key in new_fields, f"{key}: an older process still reads it"
        assert new_fields[key].null or not field.null, f"{key}: it may be empty there"
        length = new_fields[key].max_length
        if length is not None and field.max_length is not None:
            assert field.max_length <= length, f"{key}: longer values stand there"


def has_default(field: "models.Field") -> bool:
    return field.db_default is not NOT_PROVIDED


@pytest.mark.both_back_ends
@pytest.mark.django_db
def test_the_database_itself_fills_in_what_an_older_process_leaves_out(
    states: tuple[ProjectState, ProjectState],
) -> None:
    """The models say so; this asks the tables."""
    before, now = states
    old_fields = dict(fields(before))
    tables = {table for table, _ in old_fields}
    added = {key for key, _ in fields(now) if key not in old_fields}
    for table in tables:
        described = now.models[tuple(table.split("."))]
        name = described.options.get("db_table") or table.replace(".", "_")
        with connection.cursor() as cursor:
            columns = connection.introspection.get_table_description(cursor, name)
        by_name = {column.name: column for column in columns}
        for _, field_name in (key for key in added if key[0] == table):
            column = by_name.get(field_name) or by_name.get(f"{field_name}_id")
            if column is not None:
                assert column.null_ok or column.default is not None, field_name
