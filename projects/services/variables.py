"""The variables of an environment, and the defaults that its project has for all."""

from typing import Any

from django.db import transaction

from oec.exceptions import InvalidInput
from projects import audit, permissions
from projects.models import (
    AbstractVariable,
    Environment,
    Project,
    ProjectVariable,
    User,
    Variable,
)
from projects.secrets import DecryptFailed
from projects.services.changes import refuse_to_erase, validate


@transaction.atomic
def set_variable(
    place: Environment | Project,
    *,
    name: str,
    value: str | None,
    is_secret: bool = True,
    by: User,
    address: str | None = None,
) -> AbstractVariable:
    """Create or replace; the next deploy freezes it, earlier releases keep theirs.

    None is what a secret looks like to those who read it: it stays what it is. Neither
    this nor an empty text replaces or reveals a stored secret.
    """
    permissions.require_change(by, _project_of(place))
    variable = _stored(place, name) or _new(place, name)
    if value is None:
        _refuse_unseen(variable, is_secret=is_secret)
        return variable
    if not is_secret and _says(variable, value):
        return variable
    if variable.is_secret:
        refuse_to_erase(variable, "value", value)
    variable.value, variable.is_secret = value, is_secret
    validate(variable)
    variable.save()
    _record("set", variable, by, address, is_secret=is_secret)
    return variable


@transaction.atomic
def remove_variable(
    variable: AbstractVariable, *, by: User, address: str | None = None
) -> None:
    permissions.require_change(by, _project_of(variable.place))
    _record("removed", variable, by, address)
    variable.delete()


def _says(variable: AbstractVariable, value: str) -> bool:
    """Whether it is stored so, for everybody to read."""
    if variable._state.adding or variable.is_secret:
        return False
    try:
        return variable.value == value
    except DecryptFailed:
        return False


def _refuse_unseen(variable: AbstractVariable, *, is_secret: bool) -> None:
    if variable._state.adding:
        raise InvalidInput({"value": ["Give the variable a value."]})
    if not (variable.is_secret and is_secret):
        sentence = "A secret is never shown again. Give its value to change what it is."
        raise InvalidInput({"value": [sentence]})


def _stored(place: Environment | Project, name: str) -> AbstractVariable | None:
    """Raises ``InvalidInput`` when one is there that only differs by its case."""
    # The place's row is the lock: two requests may not both find that a name is free.
    places = type(place)._default_manager.select_for_update(no_key=True)
    places.only("pk").get(pk=place.pk)
    stored = {variable.name: variable for variable in place.variables.defer("value")}
    twins = [other for other in stored if other.lower() == name.lower()]
    if twins and name not in stored:
        sentence = f"{twins[0]} exists already, and differs only in its case."
        raise InvalidInput({"name": [sentence]})
    return stored.get(name)


def _new(place: Environment | Project, name: str) -> AbstractVariable:
    if isinstance(place, Project):
        return ProjectVariable(project=place, name=name)
    return Variable(environment=place, name=name)


def _project_of(place: Environment | Project) -> Project:
    return place if isinstance(place, Project) else place.project


def _record(
    act: str, variable: AbstractVariable, by: User, address: str | None, **facts: Any
) -> None:
    kind, place = "project_variable", variable.place
    if isinstance(place, Environment):
        kind, facts["environment"] = "variable", place.name
    audit.record(
        by,
        f"{kind}.{act}",
        variable,
        project=_project_of(place),
        address=address,
        **facts,
    )
