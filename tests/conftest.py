"""The cast, and what every test may rely on."""

import os
import shutil
from pathlib import Path

import pytest
from django.db import connection

from projects import services
from projects.models import (
    Environment,
    Organization,
    OrganizationRole,
    Project,
    Server,
    User,
)
from tests import backends, databases, factories

pytest_plugins = ["tests.processes"]

REPEATED = bool(os.environ.get("OEC_TEST_REPEATED"))
REQUIRE_ALL = bool(os.environ.get("OEC_TEST_REQUIRE_ALL"))


def pytest_report_header() -> str:
    return f"back end: {backends.TITLES[backends.chosen()]}"


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """On the second back end a file without any of the marks need not be imported."""
    is_module = collection_path.name.startswith("test_")
    if REPEATED and is_module and "back_end" not in collection_path.read_text():
        return True
    return None


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """On the second back end only what is marked; on each what this user may do."""
    elsewhere = [item for item in items if not runs_here(item)]
    config.hook.pytest_deselected(items=elsewhere)
    items[:] = [item for item in items if runs_here(item)]


def runs_here(item: pytest.Item) -> bool:
    if item.get_closest_marker("needs_root") and os.geteuid() != 0:
        return False
    if marker := item.get_closest_marker("back_end"):
        return marker.args[0] == backends.chosen()
    if REPEATED:
        return item.get_closest_marker("both_back_ends") is not None
    return True


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if REQUIRE_ALL and terminalreporter.stats.get("skipped"):
        terminalreporter.write_line("Nothing may be skipped here.", red=True)


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Where everything must run, a skipped test is a failure of the run."""
    terminal = session.config.pluginmanager.getplugin("terminalreporter")
    if REQUIRE_ALL and terminal and terminal.stats.get("skipped"):
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.fixture(scope="session")
def django_db_keepdb() -> bool:
    """It is there already, a copy with every table, and is thrown away with the run."""
    return True


@pytest.fixture(scope="session")
def django_db_modify_db_settings(
    django_db_modify_db_settings_parallel_suffix: None,
) -> None:
    if connection.vendor == "sqlite":
        name = connection.settings_dict["TEST"]["NAME"]
        shutil.copyfile(databases.migrated_sqlite(), name)


# alice deploys, bob views, charlie is a stranger, dora administers.


@pytest.fixture
def dora(db: None) -> User:
    return factories.make_user("dora")


@pytest.fixture
def organization(dora: User) -> Organization:
    return factories.make_organization(dora)


@pytest.fixture
def alice(organization: Organization, dora: User) -> User:
    return _member("alice", OrganizationRole.MEMBER, organization, dora)


@pytest.fixture
def bob(organization: Organization, dora: User) -> User:
    return _member("bob", OrganizationRole.VIEWER, organization, dora)


@pytest.fixture
def charlie(db: None) -> User:
    """Owns another organization, so that he is somebody, only not here."""
    charlie = factories.make_user("charlie")
    factories.make_organization(charlie, name="Elsewhere")
    return charlie


@pytest.fixture
def project(organization: Organization, dora: User) -> Project:
    return factories.make_project(organization, by=dora)


@pytest.fixture
def server(organization: Organization, dora: User) -> Server:
    return factories.make_server(organization, by=dora)


@pytest.fixture
def environment(project: Project, server: Server, dora: User) -> Environment:
    return factories.make_environment(project, server, by=dora)


def _member(
    name: str, role: OrganizationRole, organization: Organization, dora: User
) -> User:
    user = factories.make_user(name)
    services.set_member(organization, user=user, role=role, by=dora)
    return user
