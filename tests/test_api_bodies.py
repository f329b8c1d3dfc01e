"""Bodies that no client should send: refused with 400, 413 or 415, never a crash."""

import http.client
import json
from typing import Any

import pytest

from deployments.models import Deployment
from projects.models import Environment, User
from tests.api import Api
from tests.factories import make_deployment
from tests.processes import Console

MALFORMED = {
    "only spaces": b"  ",
    "null": b"null",
    "a list": b"[]",
    "a string": b'"x"',
    "a trailing comma": b'{"reason": "x",}',
    "a byte order mark": b'\xef\xbb\xbf{"reason": "x"}',
    "broken UTF-8": b'{"reason": "\xff"}',
    "UTF-16": '{"reason": "x"}'.encode("utf-16"),
    "NaN": b'{"reason": NaN}',
    "Infinity": b'{"reason": -Infinity}',
    "a number out of range": b'{"reason": 1e400}',
    "a key twice": b'{"reason": "a", "reason": "b"}',
    "an integer of 5000 digits": b'{"reason": ' + b"9" * 5000 + b"}",
    "NUL": rb'{"reason": "\u0000"}',
    "NUL in a key": rb'{"\u0000": "x"}',
    "NUL deep inside": rb'{"other": [{"x": ["\u0000"]}]}',
    "a lone surrogate": rb'{"reason": "\ud800"}',
    "21 levels": b'{"x":' + b"[" * 20 + b"]" * 20 + b"}",
    "5000 levels": b'{"x":' + b"[" * 5000 + b"]" * 5000 + b"}",
    "100000 levels": b'{"x":' + b"[" * 100_000 + b"]" * 100_000 + b"}",
    "a number as text": b'{"reason": 5}',
    "a truth value as text": b'{"reason": true}',
    "text of 501 characters": b'{"reason": "' + b"x" * 501 + b'"}',
}
UNSUPPORTED = (
    "application/xml",
    "multipart/form-data; boundary=x",
    "multipart/form-data",
    "text/plain",
    "application/json; charset=latin-1",
    "application/json; charset=nonsense",
    "application/x-www-form-urlencoded; charset=utf-16",
)


@pytest.fixture
def failed(environment: Environment, alice: User) -> Deployment:
    return make_deployment(environment, by=alice)


def retry(failed: Deployment, by: User, data: bytes, content_type: str) -> Any:
    return Api(by).raw(f"/deployments/{failed.pk}/retry", data, content_type)


@pytest.mark.parametrize("name", MALFORMED)
def test_a_malformed_body_is_refused_and_nothing_happens(
    name: str, failed: Deployment, alice: User
) -> None:
    answer = retry(failed, alice, MALFORMED[name], "application/json")
    assert answer.status_code == 400
    assert answer["Content-Type"] == "application/problem+json"
    assert {"detail", "code", "status"} <= set(answer.json())
    assert Deployment.objects.count() == 1


@pytest.mark.parametrize("content_type", UNSUPPORTED)
def test_what_is_not_json_or_a_form_in_utf_8_is_refused_with_415(
    content_type: str, failed: Deployment, alice: User
) -> None:
    answer = retry(failed, alice, b'{"reason": "x"}', content_type)
    assert answer.status_code == 415
    assert Deployment.objects.count() == 1


@pytest.mark.parametrize(
    "content_type", ["application/json", "application/x-www-form-urlencoded"]
)
def test_three_megabytes_are_too_large(
    content_type: str, failed: Deployment, alice: User
) -> None:
    body = b'{"reason": "' + b"x" * 3_000_000 + b'"}'
    answer = retry(failed, alice, body, content_type)
    assert answer.status_code == 413
    assert Deployment.objects.count() == 1


def test_a_body_of_20_levels_is_read(failed: Deployment, alice: User) -> None:
    body = b'{"x":' + b"[" * 19 + b"]" * 19 + b"}"
    answer = retry(failed, alice, body, "application/json")
    assert list(answer.json()["errors"]) == ["x"]


@pytest.mark.parametrize(
    "reason",
    ["Käse 🧀", "<script>alert(1)</script>", "{{7*7}}", "=cmd()", "a\tb\nc", " "],
)
def test_other_text_comes_back_as_it_was_sent(
    reason: str, failed: Deployment, alice: User
) -> None:
    body = json.dumps({"reason": reason}).encode()
    assert retry(failed, alice, body, "application/json").json()["reason"] == reason


def test_line_ends_of_a_form_are_those_that_were_typed(
    failed: Deployment, alice: User
) -> None:
    answer = retry(
        failed, alice, b"reason=a%0D%0Ab", "application/x-www-form-urlencoded"
    )
    assert answer.json()["reason"] == "a\nb"


def test_bytes_of_a_form_that_are_no_text_are_replaced(
    failed: Deployment, alice: User
) -> None:
    answer = retry(failed, alice, b"reason=%ff%", "application/x-www-form-urlencoded")
    assert answer.json()["reason"] == "\ufffd%"


@pytest.mark.parametrize("accept", ["image/png", "application/xml"])
def test_an_answer_in_another_format_is_not_acceptable(
    accept: str, failed: Deployment, alice: User
) -> None:
    answer = Api(alice).get(f"/deployments/{failed.pk}", Accept=accept)
    assert answer.status_code == 406


def test_an_unknown_format_is_not_found(failed: Deployment, alice: User) -> None:
    assert Api(alice).get(f"/deployments/{failed.pk}?format=zzz").status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_server_refuses_bodies_that_are_endless_or_too_large_unread(
    console: Console,
) -> None:
    host = console.web().url.removeprefix("http://")

    def announce(name: str, value: str) -> tuple[int, str]:
        """Say how the body will come, and wait for an answer before sending any."""
        connection = http.client.HTTPConnection(host, timeout=10)
        try:
            connection.putrequest("POST", "/api/v1/auth/token")
            connection.putheader(name, value)
            connection.endheaders()
            answer = connection.getresponse()
            return answer.status, json.load(answer)["code"]
        finally:
            connection.close()

    def send(megabytes: int) -> tuple[int, str]:
        """As most clients do: everything first, then look for an answer."""
        connection = http.client.HTTPConnection(host, timeout=30)
        try:
            body = bytes(megabytes * 1_000_000)
            connection.request("POST", "/api/v1/auth/token", body)
            answer = connection.getresponse()
            return answer.status, json.load(answer)["code"]
        finally:
            connection.close()

    assert [send(megabytes) for megabytes in (3, 30)] == [(413, "too_large")] * 2
    assert announce("Transfer-Encoding", "chunked") == (411, "length_required")
    assert announce("Content-Length", "1000000000") == (413, "too_large")
