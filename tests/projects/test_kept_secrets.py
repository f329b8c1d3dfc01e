"""A secret variable is replaced or removed, never emptied by an empty field."""

import pytest

from projects import services
from projects.models import AbstractVariable, Environment, Project, User
from tests.administration import enter_as_superuser, inline_row, page_of, send
from tests.pages import Page, signed_in

pytestmark = pytest.mark.ignore_template_errors

NOTHING = {"empty": "", "spaces": "  ", "a line end": "\r\n", "a mask": "••••••"}


@pytest.fixture(params=["environment", "project"])
def place(
    request: pytest.FixtureRequest, environment: Environment
) -> Environment | Project:
    return environment if request.param == "environment" else environment.project


@pytest.fixture
def secret(place: Environment | Project, dora: User) -> AbstractVariable:
    return services.set_variable(place, name="API_KEY", value="s3cret-value", by=dora)


def stored(place: Environment | Project) -> tuple[str, bool]:
    variable = place.variables.get()
    return variable.value, variable.is_secret


@pytest.mark.parametrize("is_secret", [True, False])
@pytest.mark.parametrize("value", NOTHING.values(), ids=NOTHING)
def test_the_page_keeps_it(
    value: str,
    is_secret: bool,
    place: Environment | Project,
    secret: AbstractVariable,
    dora: User,
) -> None:
    kind = "environments" if isinstance(place, Environment) else "projects"
    body = {"name": "API_KEY", "value": value} | (
        {"is_secret": "on"} if is_secret else {}
    )
    answer = signed_in(dora).post(f"/{kind}/{place.pk}/variables", body)
    assert "the stored value stays as it is" in Page(answer).text
    assert stored(place) == ("s3cret-value", True)


@pytest.mark.parametrize("is_secret", [True, False])
@pytest.mark.parametrize("value", ["", "••••••"])
def test_the_administration_keeps_it(
    value: str,
    is_secret: bool,
    place: Environment | Project,
    secret: AbstractVariable,
    dora: User,
) -> None:
    door, address = enter_as_superuser(dora), page_of(place)
    row = inline_row(door, address, secret)
    changes = {f"{row}-value": value, f"{row}-is_secret": is_secret}
    send(door, address, **changes)
    assert stored(place) == ("s3cret-value", True)
