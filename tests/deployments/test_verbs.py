"""A verb is described once, and every door follows the description."""

from collections.abc import Callable
from html import unescape
from typing import Any
from uuid import uuid4

import pytest
from django.urls import resolve, reverse

from deployments.api.deployments import DeploymentViewSet
from deployments.models import Deployment, Status
from deployments.services.verbs import (
    DEPLOY,
    EVERY,
    FORCE_FINISH,
    OF_DEPLOYMENTS,
    Verb,
)
from projects.models import Environment, User
from tests.api import Api
from tests.factories import make_deployment
from tests.pages import read, signed_in

OF_ROWS = [*OF_DEPLOYMENTS.values(), FORCE_FINISH]
EACH = pytest.mark.parametrize("verb", OF_ROWS, ids=lambda verb: verb.name)


@pytest.fixture
def make(environment: Environment, alice: User) -> Callable[[Status], Deployment]:
    return lambda status: make_deployment(environment, by=alice, status=status)


@pytest.mark.parametrize("verb", EVERY, ids=lambda verb: verb.name)
def test_each_verb_has_a_page_that_asks_first(
    verb: Verb, make: Callable[[Status], Deployment]
) -> None:
    failed = make(Status.FAILED)
    subject = failed.environment if verb is DEPLOY else failed
    url = reverse(verb.url_name, args=[subject.pk])
    assert url.endswith(f"/{verb.name}")
    assert resolve(url).func.__name__ == verb.act.__name__


@EACH
def test_each_verb_has_a_route_that_asks_who_may_and_takes_a_reason(verb: Verb) -> None:
    name = verb.act.__name__
    assert reverse(f"api:deployment-{verb.name}", args=[uuid4()])
    assert name in DeploymentViewSet.requires
    body: Any = DeploymentViewSet.takes[name]()
    assert "reason" in body.get_fields()


@pytest.mark.parametrize("status", Status)
def test_the_page_offers_what_fits_with_its_label_and_its_effect(
    status: Status, make: Callable[[Status], Deployment], alice: User
) -> None:
    deployment = make(status)
    page = read(signed_in(alice), deployment.get_absolute_url())
    html = unescape(page.html)
    for name, verb in OF_DEPLOYMENTS.items():
        is_offered = f'id="do-{name}"' in html or f'id="why-{name}"' in html
        assert is_offered is (status in verb.fits), name
        if f'id="do-{name}"' in html:
            assert verb.label in page.text
            assert verb.effect in page.text


def test_actions_tell_of_each_verb_of_a_deployment(
    make: Callable[[Status], Deployment], alice: User
) -> None:
    failed = make(Status.FAILED)
    answer = Api(alice).get(f"/deployments/{failed.pk}").json()
    assert list(answer["actions"]) == list(OF_DEPLOYMENTS)


@pytest.mark.parametrize("verb", OF_DEPLOYMENTS.values(), ids=lambda verb: verb.name)
def test_the_admin_asks_before_it_is_done_to_many(verb: Verb) -> None:
    assert reverse(f"admin:deployments_deployment_{verb.name}")
    assert verb.label_of_many
    assert verb.question.endswith("?")
    assert verb.done
