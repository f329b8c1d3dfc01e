"""What is asked: one module for each file of recorded answers."""

from tests.answers.asking import Ask
from tests.answers.requests import (
    addresses,
    audit,
    configuration,
    deploy,
    deployments,
    ending,
    environments,
    going_back,
    history,
    organizations,
    projects,
    retry,
    servers,
    tokens,
    variables,
)

REQUESTS: dict[str, list[Ask]] = {
    "addresses": addresses.REQUESTS,
    "audit": audit.REQUESTS,
    "configuration": configuration.REQUESTS,
    "deploy": deploy.REQUESTS,
    "deployments": deployments.REQUESTS,
    "ending": ending.REQUESTS,
    "environments": environments.REQUESTS,
    "going_back": going_back.REQUESTS,
    "history": history.REQUESTS,
    "organizations": organizations.REQUESTS,
    "projects": projects.REQUESTS,
    "retry": retry.REQUESTS,
    "servers": servers.REQUESTS,
    "tokens": tokens.REQUESTS,
    "variables": variables.REQUESTS,
}
