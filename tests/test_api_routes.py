"""Who may do what: every route and method of the API, for every kind of caller.

The routes come from the URLconf, so a new one without a row here fails.
"""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.db import transaction
from django.urls import URLPattern, get_resolver

from deployments.models import Deployment, Status
from projects import services
from projects.models import Environment, User
from tests import factories
from tests.api import Api

DOCUMENTATION = Path(__file__).parent.parent / "docs" / "api.md"
SAFE = {"HEAD", "OPTIONS"}

# anonymous, stranger, viewer, deployer, administrator, superuser
OPEN = (200,) * 6
SIGNED_IN = (401, *[200] * 5)
VISIBLE = (401, 404, *[200] * 4)
DEPLOYERS = (401, 404, 403, 200, 200, 200)
CHANGERS = (401, 404, 403, 403, 200, 200)
# Under WSGI, which the test client speaks, there are no streams.
STREAM = (401, 404, *[501] * 4)


def created(codes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(201 if code == 200 else code for code in codes)


def removed(codes: tuple[int, ...]) -> tuple[int, ...]:
    return tuple(204 if code == 200 else code for code in codes)


EXPECTED = {
    ("index", "GET"): SIGNED_IN,
    ("schema", "GET"): OPEN,
    ("docs", "GET"): OPEN,
    ("token", "POST"): OPEN,
    ("token-refresh", "POST"): (401,) * 6,
    ("token-revoke", "POST"): (401,) * 6,
    ("organizations", "GET"): SIGNED_IN,
    ("projects", "GET"): SIGNED_IN,
    # For a stranger the organization does not exist, and an id in a body is a value.
    ("projects", "POST"): (401, 400, 403, 403, 201, 201),
    ("project", "GET"): VISIBLE,
    ("project", "PATCH"): CHANGERS,
    ("project-variables", "GET"): VISIBLE,
    ("project-variable", "GET"): VISIBLE,
    ("project-variable", "PUT"): CHANGERS,
    ("project-variable", "DELETE"): removed(CHANGERS),
    ("project-deploy-key", "POST"): CHANGERS,
    ("project-deploy-key", "DELETE"): removed(CHANGERS),
    # The project of this test is fetched over HTTPS, where there is no host key.
    ("project-git-host-key", "POST"): (401, 404, 403, 403, 400, 400),
    ("project-catch-up", "POST"): (401, 404, 403, 403, 200, 200),
    ("project-environments", "GET"): VISIBLE,
    ("project-environments", "POST"): created(CHANGERS),
    ("project-deployments", "GET"): VISIBLE,
    ("servers", "GET"): SIGNED_IN,
    ("servers", "POST"): (401, 400, 403, 403, 201, 201),
    ("server", "GET"): VISIBLE,
    ("server", "PATCH"): CHANGERS,
    ("server-key", "GET"): VISIBLE,
    # That of this test has a key, which stays.
    ("server-key", "POST"): (401, 404, 403, 403, 409, 409),
    ("server-check", "POST"): DEPLOYERS,
    # Nobody listens where the server of this test is said to be.
    ("server-host-key", "POST"): (401, 404, 403, 409, 409, 409),
    ("environment", "GET"): VISIBLE,
    ("environment", "PATCH"): CHANGERS,
    ("environment-variables", "GET"): VISIBLE,
    ("environment-variable", "GET"): VISIBLE,
    ("environment-variable", "PUT"): CHANGERS,
    ("environment-variable", "DELETE"): removed(CHANGERS),
    ("environment-deployments", "GET"): VISIBLE,
    ("environment-deployments", "POST"): created(DEPLOYERS),
    ("deployments", "GET"): SIGNED_IN,
    ("deployment", "GET"): VISIBLE,
    ("deployment-configuration", "GET"): VISIBLE,
    ("deployment-retry", "POST"): DEPLOYERS,
    ("deployment-redeploy", "POST"): DEPLOYERS,
    ("deployment-rollback", "POST"): DEPLOYERS,
    # The deployment of this test has ended; who may try learns that.
    ("deployment-cancel", "POST"): (401, 404, 403, 400, 400, 400),
    ("deployment-force-finish", "POST"): (401, 404, 403, 403, 400, 400),
    ("deployment-events", "GET"): VISIBLE,
    ("deployment-stream", "GET"): STREAM,
    ("deployment-log", "GET"): VISIBLE,
    ("audit", "GET"): SIGNED_IN,
}


def routes() -> Iterator[tuple[str, str]]:
    """Name and method of everything that the API answers."""
    _, resolver = get_resolver().namespace_dict["api"]
    for pattern in patterns(resolver.url_patterns):
        for method in methods_of(pattern.callback) - SAFE:
            yield str(pattern.name), method


def methods_of(view: Any) -> set[str]:
    if hasattr(view, "actions"):
        return {method.upper() for method in view.actions}
    return set(view.cls().allowed_methods) if hasattr(view, "cls") else {"GET"}


def patterns(found: list[Any]) -> Iterator[URLPattern]:
    for one in found:
        if isinstance(one, URLPattern):
            yield one
        else:
            yield from patterns(one.url_patterns)


@pytest.fixture
def callers(alice: User, bob: User, charlie: User, dora: User) -> list[User | None]:
    root = factories.make_user("root", is_superuser=True)
    return [None, charlie, bob, alice, dora, root]


@pytest.fixture
def failed(environment: Environment, alice: User, dora: User) -> Deployment:
    """After successes of two other releases, so that every verb finds a use."""
    for place in (environment, environment.project):
        services.set_variable(place, name="MODE", value="quick", by=dora)
    assert environment.server is not None
    services.change_server(environment.server, by=dora, host="127.0.0.1", port=1)
    for _ in range(2):
        factories.make_deployment(environment, by=alice, status=Status.SUCCESS)
    return factories.make_deployment(environment, by=alice)


def path_of(name: str, failed: Deployment) -> str:
    environment = f"/environments/{failed.environment_id}"
    project = f"/projects/{failed.project_id}"
    deployment = f"/deployments/{failed.pk}"
    special = {
        "index": "/",
        "token": "/auth/token",
        "token-refresh": "/auth/token/refresh",
        "token-revoke": "/auth/token/revoke",
        "project": project,
        "project-variables": f"{project}/variables",
        "project-variable": f"{project}/variables/MODE",
        "project-deploy-key": f"{project}/deploy-key",
        "project-git-host-key": f"{project}/git-host-key",
        "project-catch-up": f"{project}/catch-up",
        "project-environments": f"{project}/environments",
        "project-deployments": f"{project}/deployments",
        "server": f"/servers/{failed.server_id}",
        "server-check": f"/servers/{failed.server_id}/check",
        "server-host-key": f"/servers/{failed.server_id}/host-key",
        "server-key": f"/servers/{failed.server_id}/key",
        "environment": environment,
        "environment-variables": f"{environment}/variables",
        "environment-variable": f"{environment}/variables/MODE",
        "environment-deployments": f"{environment}/deployments",
        "deployment": deployment,
    }
    if name == "deployment-rollback":
        # What never went live is nothing to leave.
        return f"/deployments/{failed.environment.live_id}/rollback"
    if name.startswith("deployment-"):
        return f"{deployment}/{name.removeprefix('deployment-')}"
    return special.get(name, f"/{name}")


def body_of(name: str, method: str, failed: Deployment) -> dict[str, Any] | None:
    organization = str(failed.project.organization_id)
    bodies: dict[tuple[str, str], dict[str, Any]] = {
        ("token", "POST"): {"username": "dora", "password": factories.PASSWORD},
        ("token-refresh", "POST"): {"refresh": "not a token"},
        ("token-revoke", "POST"): {"refresh": "not a token"},
        ("projects", "POST"): {
            "organization_id": organization,
            "name": "New",
            "git_url": "https://git.example.org/new.git",
        },
        ("servers", "POST"): {
            "organization_id": organization,
            "name": "new",
            "host": "new.example.org",
            "username": "deploy",
        },
        ("project-environments", "POST"): {"name": "new", "deploy_path": "/srv/new"},
        ("environment-variable", "PUT"): {"value": "slow"},
        ("project-variable", "PUT"): {"value": "slow"},
    }
    return bodies.get((name, method), {} if method == "PATCH" else None)


def test_every_route_has_a_row_and_every_row_a_route() -> None:
    assert set(routes()) == set(EXPECTED)


def test_every_route_and_method_is_documented() -> None:
    documented = {
        (method, path)
        for methods, paths in re.findall(
            r"^\| ([A-Z, ]+) ((?:`[^`]+`(?:, )?)+) \|", DOCUMENTATION.read_text(), re.M
        )
        for method in methods.split(", ")
        for path in re.findall(r"`([^`]+)`", paths)
    }
    _, resolver = get_resolver().namespace_dict["api"]
    templates = {
        pattern.name: "/"
        + re.sub(r"<\w+:(?:\w+_)?(\w+)>", r"{\1}", str(pattern.pattern))
        for pattern in patterns(resolver.url_patterns)
    }
    assert {(method, templates[name]) for name, method in routes()} == documented


@pytest.mark.parametrize(("name", "method"), EXPECTED)
def test_each_caller_gets_what_is_theirs(
    name: str, method: str, failed: Deployment, callers: list[User | None]
) -> None:
    path, body = path_of(name, failed), body_of(name, method, failed)
    codes = []
    for caller in callers:
        before = transaction.savepoint()
        codes.append(Api(caller).ask(method, path, body).status_code)
        transaction.savepoint_rollback(before)
    assert tuple(codes) == EXPECTED[name, method]
