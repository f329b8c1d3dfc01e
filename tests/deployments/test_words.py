"""The cause that only the application's own log tells is the failure's cause."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deployments import runner
from deployments.models import Deployment
from deployments.services import deploy
from projects import services as project_services
from projects.models import Environment, Organization, User
from tests import factories
from tests.deployments.engine.repository import Repository
from tests.deployments.sshd import SSHD, Sshd

pytestmark = [
    pytest.mark.django_db(transaction=True),
    pytest.mark.skipif(SSHD is None, reason="openssh-server is not installed"),
]

#: A server that ends at once and says why only in its own log.
START = "nohup python3 app.py >>app.log 2>&1 & wait $! || :"


@pytest.fixture
def environment(
    tmp_path: Path, organization: Organization, dora: User
) -> Iterator[Environment]:
    repository = Repository(tmp_path / "origin")
    repository.commit("Begin", {"app.py": "import gunicorn_of_the_shop\n"})
    sshd = Sshd(tmp_path / "sshd")
    sshd.start()
    target = sshd.target
    server = factories.make_server(
        organization,
        by=dora,
        host=target.host,
        port=target.port,
        username=target.username,
        private_key=target.private_key,
        host_key=target.host_key,
    )
    yield factories.make_environment(
        factories.make_project(organization, by=dora, git_url=repository.url),
        server,
        by=dora,
        deploy_path=str(tmp_path / "srv"),
        build_command="",
        restart_command=START,
        health_check_command="echo The shop is silent.; false",
        health_check_timeout_seconds=1,
    )
    sshd.stop()


def deployed(environment: Environment, by: User) -> Deployment:
    deployment = deploy(environment, by=by)
    runner.run(deployment.pk)
    return Deployment.objects.get(pk=deployment.pk)


def test_without_its_log_only_the_failed_check_is_known(
    environment: Environment, dora: User
) -> None:
    failed = deployed(environment, dora)
    assert failed.error_code == "health_check_failed"
    assert failed.error_class == "unknown"


def test_the_cause_in_the_log_becomes_the_cause_of_the_failure(
    environment: Environment, dora: User
) -> None:
    project_services.change_environment(
        environment, by=dora, application_logs="app.log"
    )

    failed = deployed(environment, dora)

    assert failed.error_class == "code"
    assert failed.advised_verb == "redeploy"
    assert failed.error_message.startswith("The new version did not pass its health")
    assert "The application's own log says why: " in failed.error_message
    assert "gunicorn_of_the_shop" in failed.error_message
    assert "gunicorn_of_the_shop" in failed.error_evidence


def test_a_secret_in_the_log_is_masked(environment: Environment, dora: User) -> None:
    secret = "correct-horse-battery"
    project_services.set_variable(
        environment, name="DB", value=secret, is_secret=True, by=dora
    )
    project_services.change_environment(
        environment,
        by=dora,
        restart_command='echo "ModuleNotFoundError: No module named $DB" >app.log',
        application_logs="app.log",
    )

    failed = deployed(environment, dora)

    told = "".join(failed.events.values_list("text", flat=True))
    assert "ModuleNotFoundError: No module named" in told
    assert secret not in told + failed.error_message + failed.error_evidence
