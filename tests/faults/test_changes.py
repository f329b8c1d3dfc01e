"""F42–F46, F53: what a deployment relies on changes or disappears meanwhile."""

from io import StringIO
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.management import call_command
from django.db.models import ProtectedError

from deployments import dispatcher
from deployments.engine.ssh import generate_key
from deployments.models import Deployment
from projects import services as project_services
from projects.models import AuditEntry, Membership, Organization, OrganizationRole, User
from tests import factories
from tests.deployments.sshd import Sshd
from tests.faults.console import FaultConsole
from tests.faults.runs import Runs
from tests.faults.site import Site, assert_ended_once, ended, outcome


@pytest.fixture
def erin(transactional_db: None, organization: Organization, dora: User) -> User:
    """Deploys, until somebody takes that right from her."""
    erin = factories.make_user("erin")
    project_services.set_member(
        organization, user=erin, role=OrganizationRole.MEMBER, by=dora
    )
    return erin


@pytest.mark.parametrize("status", ["pending", "running"])
def test_f42_what_is_being_deployed_cannot_be_removed(
    runs: Runs, site: Site, status: str
) -> None:
    deployment = site.deploy()
    if status == "running":
        runs.start(deployment)
        site.wait_for_work(deployment)
    environment = site.environment

    for row in (environment.project, environment, site.server):
        with pytest.raises(ProtectedError):
            row.delete()

    if status == "running":
        site.open_gate()
        assert outcome(runs.ended(deployment)) == ("success", "")


@pytest.mark.parametrize("part", ["environment", "server"])
def test_f42_what_was_disabled_meanwhile_is_refused_at_the_start(
    runs: Runs, site: Site, dora: User, part: str
) -> None:
    deployment = site.deploy()
    if part == "environment":
        site.change(is_enabled=False)
    else:
        project_services.change_server(site.server, by=dora, is_enabled=False)

    last = runs.ended(runs.start(deployment))

    assert outcome(last) == ("failed", "target_unavailable")
    assert site.begun == []
    assert_ended_once(last)


@pytest.mark.parametrize("how", ["right revoked", "account closed"])
def test_f43_who_may_no_longer_deploy_does_not_start_what_still_waits(
    runs: Runs, site: Site, erin: User, dora: User, how: str
) -> None:
    deployment = Site(
        site.environment, site.sshd, site.repository, site.folder, by=erin
    ).deploy()

    _take_the_right(erin, dora, how)
    last = runs.ended(runs.start(deployment))

    assert outcome(last) == ("failed", "permission_revoked")
    assert site.begun == []
    assert_ended_once(last)


def test_f43_what_runs_already_goes_on_when_the_right_is_revoked(
    runs: Runs, site: Site, erin: User, dora: User
) -> None:
    own = Site(site.environment, site.sshd, site.repository, site.folder, by=erin)
    deployment = runs.start(own.deploy())
    site.wait_for_work(deployment)

    _take_the_right(erin, dora, "right revoked")
    site.open_gate()

    assert outcome(runs.ended(deployment)) == ("success", "")


def _take_the_right(erin: User, dora: User, how: str) -> None:
    if how == "account closed":
        User.objects.filter(pk=erin.pk).update(is_active=False)
    else:
        membership = Membership.objects.get(user=erin)
        project_services.remove_member(membership, by=dora)


def test_f44_a_retry_has_the_old_configuration_and_the_new_way_to_the_server(
    runs: Runs, site: Site, sshd: Sshd, dora: User
) -> None:
    note = site.folder / "colour"
    site.change(build_command=f'echo "$COLOUR" >> {note}')
    _set_colour(site, dora, "blue-blue-blue")
    server = site.server
    good_key = sshd.private_key
    project_services.change_server(server, by=dora, private_key=generate_key()[0])
    failed = runs.ended(runs.start(site.deploy()))
    assert outcome(failed) == ("failed", "auth_failed")

    _set_colour(site, dora, "green-green-green")
    site.change(build_command="exit 1")
    project_services.change_server(server, by=dora, private_key=good_key)
    retried = runs.ended(runs.start(site.retry(failed)))

    assert outcome(retried) == ("success", "")
    assert note.read_text() == "blue-blue-blue\n"
    assert retried.release_id == failed.release_id


def _set_colour(site: Site, dora: User, value: str) -> None:
    project_services.set_variable(
        site.environment, name="COLOUR", value=value, is_secret=True, by=dora
    )


@pytest.mark.parametrize("disaster", ["force-pushed and collected", "gone altogether"])
def test_f45_a_retry_has_its_commit_whatever_happened_to_the_origin(
    runs: Runs, site: Site, sshd: Sshd, disaster: str
) -> None:
    sshd.stop()
    failed = runs.ended(runs.start(site.deploy()))
    commit = failed.release.git_commit
    assert outcome(failed) == ("failed", "connect_refused")

    if disaster == "gone altogether":
        site.repository.remove()
    else:
        site.repository.force_push_away()
    sshd.start()
    site.open_gate()

    assert outcome(runs.ended(runs.start(site.retry(failed)))) == ("success", "")
    assert site.live == commit


def test_f46_a_git_host_that_is_away_is_named_and_the_retry_finds_it_again(
    runs: Runs, site: Site
) -> None:
    hidden = site.repository.path.with_name("hidden")
    site.repository.path.rename(hidden)
    failed = runs.ended(runs.start(site.deploy()))
    assert failed.status == "failed"
    assert failed.error_code.startswith("git_")
    assert failed.release.git_commit == ""

    hidden.rename(site.repository.path)
    site.open_gate()
    retried = runs.ended(runs.start(site.retry(failed)))

    assert outcome(retried) == ("success", "")
    assert site.live == retried.release.git_commit


@pytest.mark.fault
def test_f53_without_its_key_a_secret_fails_the_deployment_and_is_used_nowhere(
    console: FaultConsole, site: Site
) -> None:
    site.open_gate()
    other = Fernet.generate_key().decode()
    console.dispatcher()
    worker = console.worker(OEC_ENCRYPTION_KEYS=other)

    failed = ended(site.deploy())

    assert outcome(failed) == ("failed", "decrypt_failed")
    assert site.begun == []
    worker.kill()
    console.worker()
    assert outcome(ended(site.retry(failed))) == ("success", "")


def test_f53_a_rotated_key_still_opens_what_was_stored_before(
    runs: Runs, site: Site, settings: Any
) -> None:
    site.open_gate()
    settings.ENCRYPTION_KEYS = [
        Fernet.generate_key().decode(),
        *settings.ENCRYPTION_KEYS,
    ]
    assert outcome(runs.ended(runs.start(site.deploy()))) == ("success", "")


def test_f53_a_release_of_before_is_retried_the_same_once_its_old_key_is_gone(
    runs: Runs, site: Site, settings: Any, dora: User
) -> None:
    show = f'echo "$GREETING" >> {site.folder}/greetings'
    site.change(build_command=f"{show}; test -e {site.folder}/gate")
    project_services.set_variable(
        site.environment, name="GREETING", value="frozen-then", by=dora
    )
    failed = runs.ended(runs.start(site.deploy()))
    project_services.set_variable(
        site.environment, name="GREETING", value="changed-since", by=dora
    )
    new = Fernet.generate_key().decode()
    settings.ENCRYPTION_KEYS = [new, *settings.ENCRYPTION_KEYS]
    call_command("rotate_secrets", stdout=StringIO())
    settings.ENCRYPTION_KEYS = [new]
    site.open_gate()

    retried = runs.ended(runs.start(site.retry(failed)))

    assert outcome(retried) == ("success", "")
    assert retried.release_id == failed.release_id
    assert retried.release.config_digest == failed.release.config_digest
    greetings = (site.folder / "greetings").read_text().split()
    assert greetings == ["frozen-then", "frozen-then"]


def test_what_nobody_starts_for_an_hour_ends_failed_never_started(
    transactional_db: None, site: Site, settings: Any
) -> None:
    deployment = site.deploy()
    dispatcher.age_out()
    assert Deployment.objects.get().status == "pending"

    settings.NEVER_STARTED_SECONDS = -1
    dispatcher.age_out()

    last = ended(deployment)
    assert outcome(last) == ("failed", "never_started")
    assert_ended_once(last)
    assert AuditEntry.objects.filter(action="deployment.created").count() == 1
    settings.NEVER_STARTED_SECONDS = 3600
    assert outcome(site.cancel(site.retry(last))) == ("cancelled", "")
