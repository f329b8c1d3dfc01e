"""A console with a history, whose newest deployment has failed; prints how to ask.

Run with the code of one tree, this one or an earlier one, so only with names that both
have. Each tree's own factories know its own tables.
"""

import json
from datetime import timedelta

import django

django.setup()

from rest_framework_simplejwt.tokens import AccessToken  # noqa: E402 - as django.setup

from deployments.models import Status  # noqa: E402
from projects.models import Environment  # noqa: E402
from tests import factories  # noqa: E402

SUCCESSES = 20


def main() -> None:
    user = factories.make_user("dora")
    organization = factories.make_organization(user)
    server = factories.make_server(organization, by=user)
    project = factories.make_project(organization, by=user)
    environment = factories.make_environment(project, server, by=user)
    *_, previous, live = [
        factories.make_deployment(environment, by=user, status=Status.SUCCESS)
        for _ in range(SUCCESSES)
    ]
    # Earlier code works these out from the history.
    fields = {field.name for field in Environment._meta.get_fields()}
    if {"live", "previous"} <= fields:
        rows = Environment.objects.filter(pk=environment.pk)
        rows.update(live=live, previous=previous)
    failed = factories.make_deployment(environment, by=user)
    token = AccessToken.for_user(user)
    token.set_exp(lifetime=timedelta(hours=1))  # so that it outlives the rounds
    print(json.dumps({"token": str(token), "deployment": str(failed.pk)}))


if __name__ == "__main__":
    main()
