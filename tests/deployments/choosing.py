"""Choosing rows of the list of deployments for a bulk action."""

from collections.abc import Iterable
from typing import Any

from django.test import Client

from deployments.models import Deployment
from projects.models import Environment, Organization, User
from tests import factories

LIST = "/admin/deployments/deployment/"


def another_environment(
    organization: Organization, dora: User, name: str
) -> Environment:
    server = factories.make_server(organization, by=dora, name=f"{name}-server")
    project = factories.make_project(organization, by=dora, name=name)
    return factories.make_environment(project, server, by=dora)


def choose(door: Client, action: str, deployments: Iterable[Deployment]) -> Any:
    """Tick these rows of the list and press Go."""
    keys = [deployment.pk for deployment in deployments]
    return door.post(LIST, {"action": action, "_selected_action": keys, "index": 0})


def confirm(door: Client, verb: str, page: Any, **changes: Any) -> Any:
    form = page.context["form"]
    fields = {name: form[name].value() for name in ("key", "deployments")} | {
        "reason": "The server is back"
    }
    return door.post(f"{LIST}{verb}/", {**fields, **changes})
