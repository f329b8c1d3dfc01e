"""A release is read whatever version of OEC froze it: samples of every schema so far.

The digests of the samples are those that the version before schema numbers made, with
the key that every environment has here.
"""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from deployments import runner
from deployments.configuration import UNNUMBERED, Configuration, FrozenSettings
from deployments.models import Deployment, Release, Status
from deployments.runner.plans import plan_for, secrets_of
from deployments.services import Comparisons, Situation, deploy, retry, rollback
from projects.models import Environment, Organization, User
from projects.settings import FROZEN, SCHEMA
from tests import factories
from tests.administration import enter_as_superuser, page_of
from tests.api import Api
from tests.deployments.engine.machines import Sandbox
from tests.deployments.engine.repository import Repository
from tests.pages import read, signed_in

FOLDER = Path(__file__).parent / "frozen"
SAMPLES = {path.stem: json.loads(path.read_text()) for path in FOLDER.glob("*.json")}
KEY = "the key of one environment"


def frozen(
    sample: str, environment: Environment, by: User, status: Status = Status.FAILED
) -> Deployment:
    """A deployment of a release as the sample has it, read again from the database."""
    environment.fingerprint_key = KEY
    environment.save(update_fields=["fingerprint_key"])
    release = factories.make_release(
        environment,
        configuration=SAMPLES[sample]["configuration"],
        variables=json.dumps(SAMPLES[sample]["variables"]),
        config_digest=SAMPLES[sample]["digest"],
    )
    deployment = factories.make_deployment(
        environment, by=by, status=status, release=release
    )
    return Deployment.objects.with_details().get(pk=deployment.pk)


def written(sample: str) -> dict[str, Any]:
    """The settings of the sample, as they were frozen."""
    return {
        name: value
        for name, value in SAMPLES[sample]["configuration"].items()
        if name in FROZEN
    }


@pytest.fixture(params=sorted(SAMPLES))
def sample(request: pytest.FixtureRequest) -> str:
    return str(request.param)


def configuration_of(sample: str) -> dict[str, Any]:
    configuration: dict[str, Any] = SAMPLES[sample]["configuration"]
    return configuration


def test_there_is_a_sample_of_every_schema() -> None:
    schemas = {configuration_of(sample).get("schema") for sample in SAMPLES}
    assert {None, *range(UNNUMBERED, SCHEMA + 1)} <= schemas
    first = {name for name, setting in FROZEN.items() if setting.since == 1}
    assert configuration_of("schema_1").keys() == first
    unnumbered = {
        name for name, setting in FROZEN.items() if (setting.since or 0) <= UNNUMBERED
    }
    assert configuration_of("schema_2_shell").keys() == unnumbered


def test_a_new_release_says_which_schema_it_follows(
    environment: Environment, alice: User
) -> None:
    release = deploy(environment, by=alice).release
    assert release.configuration["schema"] == SCHEMA
    assert release.configuration.keys() == {"schema", *FROZEN}


def test_its_digest_is_what_it_was(
    sample: str, environment: Environment, alice: User
) -> None:
    deployment = frozen(sample, environment, alice)
    assert Configuration.frozen_in(deployment).digest == SAMPLES[sample]["digest"]


def test_what_was_written_counts_and_what_lacks_means_what_it_meant(
    sample: str, environment: Environment, alice: User
) -> None:
    values = FrozenSettings.of(frozen(sample, environment, alice).release).values
    lacking = FROZEN.keys() - written(sample).keys()
    then = {name: FROZEN[name].unset for name in lacking}
    assert values == written(sample) | then


def test_what_is_unknown_is_kept_and_is_no_setting_of_ours(
    environment: Environment, alice: User
) -> None:
    deployment = frozen("unknown_key", environment, alice)
    settings = FrozenSettings.of(deployment.release)
    assert settings.schema == 99
    assert settings.written["docker_memory_megabytes"] == 512
    assert "docker_memory_megabytes" not in settings.values
    again = retry(deployment, by=alice)
    stored = Release.objects.get(pk=again.release_id).configuration
    assert stored == configuration_of("unknown_key")


def test_the_pages_show_it(sample: str, environment: Environment, alice: User) -> None:
    deployment = frozen(sample, environment, alice)
    pages = signed_in(alice)
    text = read(pages, f"/deployments/{deployment.pk}/configuration").text
    assert "Deploy path /srv/shop" in text
    assert "schema" not in text.lower()
    assert "Altogether 1 h" in read(pages, f"/deployments/{deployment.pk}").text
    for verb in ("retry", "redeploy"):
        read(pages, f"/deployments/{deployment.pk}/{verb}")


def test_the_api_shows_the_settings_of_its_runtime(
    sample: str, environment: Environment, alice: User
) -> None:
    deployment = frozen(sample, environment, alice)
    answer = Api(alice).get(f"/deployments/{deployment.pk}/configuration")
    assert answer.status_code == 200
    runtimes = {"", written(sample)["runtime"]}
    assert [setting["name"] for setting in answer.json()["settings"]] == [
        name for name, setting in FROZEN.items() if setting.runtime in runtimes
    ]


@pytest.mark.ignore_template_errors
def test_the_administration_shows_what_was_written(
    sample: str, environment: Environment, alice: User, dora: User
) -> None:
    release = frozen(sample, environment, alice).release
    text = enter_as_superuser(dora).get(page_of(release)).text
    assert "/srv/shop" in text
    assert "&quot;schema&quot;" not in text
    assert ("docker_memory_megabytes" in text) == (sample == "unknown_key")


def test_it_is_compared_with_what_is_live_and_with_today(
    sample: str, environment: Environment, alice: User
) -> None:
    """Only in what differs, not in what one of both has not."""
    frozen("schema_2_docker", environment, alice, Status.SUCCESS)
    deployment = frozen(sample, environment, alice)
    comparisons = Comparisons.around(environment)
    against_live = comparisons.against_live(deployment) or []
    expected = {
        "missing_key": ["docker_network"],
        "unknown_key": [],
        "schema_2_docker": [],
    }
    if sample in expected:
        assert [change.name for change in against_live] == expected[sample]
    assert ("runtime" in {change.name for change in against_live}) == (
        written(sample)["runtime"] == "shell"
    )
    assert {"schema", "docker_memory_megabytes"}.isdisjoint(
        change.name for change in (*against_live, *comparisons.since(deployment))
    )


def test_the_plan_has_every_setting(
    sample: str, environment: Environment, alice: User
) -> None:
    deployment = frozen(sample, environment, alice)
    plan = plan_for(deployment)
    for name, value in written(sample).items():
        assert getattr(plan.settings, name) == value
    assert plan.settings.systemd_scope == written(sample).get("systemd_scope", "system")
    assert plan.settings.keep_releases == 5
    assert plan.variables == {"API_KEY": "s3cret-value", "MODE": "slow"}
    assert "s3cret-value" in secrets_of(deployment)
    assert "slow" not in secrets_of(deployment)


def test_it_is_retried_as_it_is(
    sample: str, environment: Environment, alice: User
) -> None:
    failed = frozen(sample, environment, alice)
    assert Situation.of([failed], alice).actions(failed)["retry"].allowed
    again = retry(failed, by=alice)
    assert again.release_id == failed.release_id
    assert plan_for(again).settings == plan_for(failed).settings


def test_it_is_gone_back_to(sample: str, environment: Environment, alice: User) -> None:
    earlier = frozen(sample, environment, alice, Status.SUCCESS)
    current = frozen("schema_2_shell", environment, alice, Status.SUCCESS)
    page = read(signed_in(alice), f"/deployments/{current.pk}/rollback")
    assert "v1" in page.text
    back = rollback(current, by=alice)
    assert back.release_id == earlier.release_id
    assert plan_for(back).settings == plan_for(earlier).settings


def test_without_a_folder_nothing_is_deployed_anywhere(
    environment: Environment, alice: User
) -> None:
    nowhere = factories.make_release(environment, configuration={"runtime": "shell"})
    deployment = factories.make_deployment(environment, by=alice, release=nowhere)
    assert FrozenSettings.of(nowhere).values["deploy_path"] == ""
    with pytest.raises(ValueError, match="Without its folder"):
        plan_for(deployment)


# --- For real ------------------------------------------------------------------------


@pytest.fixture
def sandbox(tmp_path: Path) -> Iterator[Sandbox]:
    sandbox = Sandbox(tmp_path / "sandbox")
    sandbox.start()
    yield sandbox
    sandbox.stop()


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("old", ["schema_1", "unknown_key"])
def test_a_retry_of_an_old_release_goes_live(
    organization: Organization,
    dora: User,
    sandbox: Sandbox,
    tmp_path: Path,
    old: str,
) -> None:
    origin = Repository(tmp_path / "origin")
    commit = origin.commit("Begin", {"app.txt": "one\n"})
    target = sandbox.target
    server = factories.make_server(
        organization,
        by=dora,
        host=target.host,
        port=target.port,
        username=target.username,
        private_key=target.private_key,
        host_key=target.host_key,
    )
    project = factories.make_project(organization, by=dora, git_url=origin.url)
    folder = tmp_path / "srv"
    environment = factories.make_environment(
        project, server, by=dora, deploy_path=str(folder)
    )
    own = {
        "runtime": "shell",
        "deploy_path": str(folder),
        "build_command": 'cp app.txt "built-$MODE"',
        "restart_command": "",
        "health_check_url": "",
    }
    release = factories.make_release(
        environment,
        git_commit=commit,
        configuration=configuration_of(old) | own,
        variables=json.dumps(SAMPLES[old]["variables"]),
    )
    failed = factories.make_deployment(environment, by=dora, release=release)

    again = retry(failed, by=dora)
    runner.run(again.pk)

    ended = Deployment.objects.get(pk=again.pk)
    assert (ended.status, ended.error_message) == (Status.SUCCESS, "")
    assert (folder / "current" / "built-slow").read_text() == "one\n"
