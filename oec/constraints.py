"""Which rule of uniqueness a write broke, whichever database says so."""

from collections.abc import Iterator

from django.apps import apps
from django.db import IntegrityError, models

#: What people choose, and what has to be theirs alone.
CHOSEN = {"name", "username", "deploy_path"}

Rule = tuple[type[models.Model], tuple[str, ...]]


def broken_rule(error: IntegrityError) -> Rule | None:
    """The model and the fields that have to be unique together; None for any other."""
    diagnostics = getattr(error.__cause__, "diag", None)
    for (model, fields), name in _rules():
        table = model._meta.db_table
        columns = [model._meta.get_field(field).column for field in fields]  # type: ignore[union-attr]
        if diagnostics is not None:
            name = name or f"{table}_{columns[0]}_key"
            is_broken = diagnostics.constraint_name == name
        else:
            listed = ", ".join(f"{table}.{column}" for column in columns)
            is_broken = str(error) == f"UNIQUE constraint failed: {listed}"
        if is_broken:
            return model, fields
    return None


def taken(error: IntegrityError) -> str:
    """What to tell who chose what somebody else has just taken; empty otherwise."""
    rule = broken_rule(error)
    if rule is None or not CHOSEN.intersection(rule[1]):
        return ""
    model, fields = rule
    return str(model().unique_error_message(model, fields).messages[0])


def _rules() -> Iterator[tuple[Rule, str]]:
    """Each with its name; one of a single column has none of ours."""
    for model in apps.get_models():
        for constraint in model._meta.constraints:
            if isinstance(constraint, models.UniqueConstraint):
                yield (model, tuple(constraint.fields)), constraint.name
        for field in model._meta.local_fields:
            if field.unique and not field.primary_key:
                yield (model, (field.name,)), ""
