"""Freezing: an environment's configuration of today becomes a release."""

from deployments.configuration import Configuration, canonical, frozen_today
from deployments.models import Release
from projects.models import Environment


def freeze(
    environment: Environment, *, git_commit: str = "", git_branch: str = ""
) -> Release:
    """Write the release of this moment; without a commit the branch is resolved later.

    Connection credentials (SSH key, Git token, address) are not part of it: repairing
    those is what a retry is for.
    """
    environment = Environment.objects.with_variables().get(pk=environment.pk)
    configuration = Configuration.of(environment)
    release = Release(
        environment=environment,
        git_branch=git_branch or environment.git_branch,
        git_commit=git_commit,
        configuration=frozen_today(environment),
        variables=canonical(configuration.variables),
        config_digest=configuration.digest,
    )
    release.save()
    return release
