"""A secret variable and a plain one."""

import pytest

from projects import services
from projects.models import Environment, User, Variable
from tests.projects.places import SECRET


@pytest.fixture
def variable(environment: Environment, dora: User) -> Variable:
    services.set_variable(environment, name="API_KEY", value=SECRET, by=dora)
    return environment.variables.get(name="API_KEY")


@pytest.fixture
def plain(environment: Environment, dora: User) -> Variable:
    services.set_variable(
        environment, name="WORKERS", value="four-workers", is_secret=False, by=dora
    )
    return environment.variables.get(name="WORKERS")
