"""Below /api every refusal is problem details, also where nothing is."""

from typing import Any
from uuid import uuid4

import pytest
from django.test import Client

from projects.models import User
from tests.api import Api
from tests.deployments.every_page import filled, routes

NOWHERE = [
    *("/api", "/api/", "/api/unknown", "/api/v2/projects", "/api//v1", "/api/v1/x"),
    *("/api/v1/deployments/", "/api/v1/projects/5", f"/api/v1/deployments/{uuid4()}/"),
    *("/api/v1/projects/%00", "/api/v1/%FF", "/api/v1/x%0Ay", "/api/v1/../x"),
]
METHODS = [
    *("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"),
    *("TRACE", "PROPFIND", "MKCOL", "X"),
]


def ask(method: str, path: str, by: User | None = None) -> Any:
    headers = {"Authorization": Api(by).authorization} if by else {}
    return Client(headers=headers).generic(method, path)


def assert_problem(answer: Any, code: str) -> None:
    assert answer["Content-Type"] == "application/problem+json"
    assert not answer.content or answer.json()["code"] == code


@pytest.mark.parametrize("method", METHODS)
def test_nothing_is_there_whatever_the_method(method: str, dora: User) -> None:
    for path in NOWHERE:
        for by in (None, dora):
            answer = ask(method, path, by)
            assert answer.status_code == 404, path
            assert_problem(answer, "not_found")


@pytest.mark.parametrize("method", ["TRACE", "PROPFIND", "X"])
def test_an_odd_method_is_refused_by_every_route(method: str, dora: User) -> None:
    rows = ("project_id", "environment_id", "server_id", "deployment_id")
    ids: dict[str, list[Any]] = {row: [uuid4()] for row in rows} | {"name": ["MODE"]}
    of_the_api = [route for route in routes() if route[0].startswith("api:")]
    assert len(of_the_api) > 30
    for name, arguments in of_the_api:
        for path in filled(name, arguments, ids):
            answer = ask(method, path, dora)
            assert answer.status_code == 405, path
            assert_problem(answer, "method_not_allowed")


@pytest.mark.parametrize("method", ["DELETE", "PUT"])
def test_a_method_that_others_have_is_refused_as_well(method: str, dora: User) -> None:
    for path in ("/api/v1/projects", "/api/v1/audit", "/api/v1/", "/api/v1/schema"):
        answer = ask(method, path, dora)
        assert answer.status_code == 405
        assert_problem(answer, "method_not_allowed")
        assert "GET" in answer["Allow"]
