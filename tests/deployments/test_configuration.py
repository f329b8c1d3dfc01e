"""What is frozen, when two configurations are the same, and how others differ."""

from typing import Any

import pytest

from deployments.configuration import Configuration, Value
from deployments.models import Deployment, Release, Status
from deployments.runner.plans import plan_for, secrets_of
from deployments.services import Comparisons, retry
from deployments.services.comparison import Change, changed_lines, changes
from deployments.services.releases import freeze
from projects.models import Environment, Project, User
from projects.services import change_environment, remove_variable, set_variable
from projects.settings import FROZEN
from tests.factories import COMMIT, make_deployment, make_environment

KEY = "the key of one environment"


def fresh(environment: Environment) -> Environment:
    return Environment.objects.get(pk=environment.pk)


def digest(environment: Environment) -> str:
    return Configuration.of(fresh(environment)).digest


def deployed(
    environment: Environment, by: User, status: Status = Status.SUCCESS
) -> Deployment:
    release = freeze(fresh(environment), git_commit=COMMIT)
    return make_deployment(environment, by=by, status=status, release=release)


def configured(
    variables: dict[str, tuple[str, bool]] | None = None, **settings: Any
) -> Configuration:
    """As it would be with these; everything else has its default."""
    row = Environment(**settings)
    return Configuration(
        {name: getattr(row, name) for name in FROZEN if not name.startswith("docker")},
        {name: Value(*value) for name, value in (variables or {}).items()},
        KEY,
    )


# --- Freezing ------------------------------------------------------------------------


def test_a_release_holds_the_projects_variables_overridden_by_the_environments(
    project: Project, environment: Environment, alice: User, dora: User
) -> None:
    set_variable(project, name="LANGUAGE", value="de", is_secret=False, by=dora)
    set_variable(project, name="API_KEY", value="of-the-project", by=dora)
    set_variable(environment, name="API_KEY", value="of-the-environment", by=dora)
    deployment = deployed(environment, alice, Status.FAILED)
    assert plan_for(deployment).variables == {
        "API_KEY": "of-the-environment",
        "LANGUAGE": "de",
    }
    assert "of-the-environment" in secrets_of(deployment)
    assert "of-the-project" not in secrets_of(deployment)


def test_a_secret_of_the_project_is_masked_like_any_other(
    project: Project, environment: Environment, alice: User, dora: User
) -> None:
    set_variable(project, name="API_KEY", value="of-the-project", by=dora)
    assert "of-the-project" in secrets_of(deployed(environment, alice))


def test_a_retry_keeps_the_old_value_of_a_changed_project_variable(
    project: Project, environment: Environment, alice: User, dora: User
) -> None:
    set_variable(project, name="WORKERS", value="2", by=dora)
    failed = deployed(environment, alice, Status.FAILED)
    set_variable(project, name="WORKERS", value="8", by=dora)
    again = retry(failed, by=alice)
    variables = plan_for(again).variables
    assert variables == {"WORKERS": "2"}
    assert again.release.config_digest != digest(environment)


def test_the_digest_does_not_tell_where_a_variable_came_from(
    project: Project, environment: Environment, dora: User
) -> None:
    for name in ("B", "A"):
        set_variable(project, name=name, value=name, by=dora)
    from_the_project = digest(environment)
    for name in ("A", "B"):
        set_variable(environment, name=name, value=name, by=dora)
    overridden = digest(environment)
    for variable in project.variables.all():
        remove_variable(variable, by=dora)
    assert from_the_project == overridden == digest(environment)


def test_what_an_override_hides_changes_no_digest(
    project: Project, environment: Environment, dora: User
) -> None:
    set_variable(environment, name="WORKERS", value="8", by=dora)
    before = digest(environment)
    set_variable(project, name="WORKERS", value="2", by=dora)
    assert digest(environment) == before


@pytest.mark.parametrize("is_secret", [True, False])
def test_another_value_or_secrecy_is_another_digest(
    project: Project, environment: Environment, dora: User, is_secret: bool
) -> None:
    digests = {digest(environment)}
    for value in ("a", "b"):
        set_variable(project, name="X", value=value, is_secret=is_secret, by=dora)
        digests.add(digest(environment))
    set_variable(project, name="X", value="b", is_secret=not is_secret, by=dora)
    assert len({*digests, digest(environment)}) == 4


def test_settings_of_the_other_runtime_do_not_count(
    environment: Environment, dora: User
) -> None:
    before = digest(environment)
    change_environment(environment, by=dora, docker_image="nginx:1")
    assert digest(environment) == before
    change_environment(environment, by=dora, runtime="docker")
    assert digest(environment) != before


def test_a_release_from_before_a_setting_existed_has_its_default(
    environment: Environment, alice: User
) -> None:
    configuration = {
        name: getattr(environment, name) for name in FROZEN if name != "shared_paths"
    }
    old = Release.objects.create(
        environment=environment,
        git_branch="main",
        configuration=configuration,
        config_digest="e" * 64,
    )
    deployment = make_deployment(environment, by=alice, release=old)
    assert Configuration.frozen_in(deployment).settings["shared_paths"] == ""
    assert Comparisons.around(environment).since(deployment) == []


# --- Comparing -----------------------------------------------------------------------


def test_equal_configurations_have_no_changes() -> None:
    same = configured({"A": ("a", True)}, build_command="make")
    assert changes(same, configured({"A": ("a", True)}, build_command="make")) == []


def test_plain_values_are_told_and_secret_ones_are_fingerprints() -> None:
    before = configured(
        {"GONE": ("x", False), "MODE": ("slow", False), "API_KEY": ("old-one", True)},
        build_command="make",
    )
    after = configured(
        {"MODE": ("quick", False), "API_KEY": ("new-one", True), "NEW": ("", False)},
        build_command="make all",
    )
    differences = changes(before, after)
    assert [
        (change.name, change.change, change.before, change.after)
        for change in differences
    ] == [
        ("build_command", "changed", "make", "make all"),
        (
            *("API_KEY", "changed"),
            *(before.fingerprint("API_KEY"), after.fingerprint("API_KEY")),
        ),
        ("GONE", "removed", "x", None),
        ("MODE", "changed", "slow", "quick"),
        ("NEW", "added", None, ""),
    ]
    assert [change.kind for change in differences] == ["setting", *["variable"] * 4]
    assert "old-one" not in str(differences)
    assert "new-one" not in str(differences)


@pytest.mark.parametrize(
    ("before", "after", "turned"),
    [(False, True, "secret"), (True, False, "plain")],
)
def test_a_variable_that_turns_into_a_secret_or_back_shows_neither_side(
    before: bool, after: bool, turned: str
) -> None:
    (change,) = changes(
        configured({"API_KEY": ("the-value", before)}),
        configured({"API_KEY": ("the-value", after)}),
    )
    assert change.is_secret
    assert change.turned == turned
    assert change.before == change.after
    assert "the-value" not in str(change)


def test_what_has_become_a_secret_since_is_not_shown_in_older_configurations() -> None:
    before, after = (
        configured({"PASSWORD": (value, False)}) for value in ("old", "new")
    )
    (change,) = changes(before, after, secrets={"PASSWORD"})
    assert change.is_secret
    assert {change.before, change.after}.isdisjoint({"old", "new"})


def test_another_runtime_brings_its_settings_and_takes_the_others(
    environment: Environment, alice: User, dora: User
) -> None:
    change_environment(environment, by=dora, restart_command="systemctl restart shop")
    live = deployed(environment, alice)
    change_environment(environment, by=dora, runtime="docker", docker_image="nginx:1")
    differences = Comparisons.around(fresh(environment)).since(live)
    assert differences == [
        Change("runtime", "setting", "shell", "docker"),
        Change("restart_command", "setting", "systemctl restart shop", None),
        Change("docker_image", "setting", None, "nginx:1"),
    ]


def test_fingerprints_are_equal_for_equal_values_of_one_environment_only(
    project: Project, environment: Environment, dora: User
) -> None:
    other = make_environment(
        project, None, by=dora, name="staging", deploy_path="/srv/staging"
    )
    for name, value in (("ONE", "same"), ("TWO", "same"), ("LONG", "same" * 1000)):
        set_variable(project, name=name, value=value, by=dora)
    here, there = Configuration.of(environment), Configuration.of(other)
    assert here.fingerprint("ONE") == here.fingerprint("TWO")
    assert here.fingerprint("ONE") != there.fingerprint("ONE")
    assert len(here.fingerprint("ONE")) == len(here.fingerprint("LONG")) == 12


def test_nothing_is_compared_with_what_is_live_before_anything_is(
    environment: Environment, alice: User
) -> None:
    failed = deployed(environment, alice, Status.FAILED)
    comparisons = Comparisons.around(environment)
    assert comparisons.live is None
    assert comparisons.since_live() is None
    assert comparisons.against_live(failed) is None


def test_the_newest_success_is_what_is_live(
    environment: Environment, alice: User, dora: User
) -> None:
    deployed(environment, alice)
    change_environment(environment, by=dora, build_command="make all")
    live = deployed(environment, alice)
    change_environment(environment, by=dora, build_command="make most")
    failed = deployed(environment, alice, Status.FAILED)
    change_environment(environment, by=dora, build_command="make none")
    comparisons = Comparisons.around(fresh(environment))
    assert comparisons.live == live

    def commands(differences: list[Change] | None) -> list[tuple[str, str]]:
        return [(change.before, change.after) for change in differences or []]

    assert commands(comparisons.against_live(failed)) == [("make all", "make most")]
    assert commands(comparisons.since(failed)) == [("make most", "make none")]
    assert commands(comparisons.since_live()) == [("make all", "make none")]
    assert comparisons.against_live(live) == []


def test_a_tag_that_has_moved_since_is_a_difference_from_what_is_live(
    environment: Environment, alice: User, dora: User
) -> None:
    change_environment(
        environment, by=dora, runtime="docker", docker_image="r.example.org/shop:1"
    )
    older, live = deployed(environment, alice), deployed(environment, alice)
    comparisons = Comparisons.around(fresh(environment))
    assert comparisons.against_live(older) == []
    images = [f"r.example.org/shop@sha256:{digit * 64}" for digit in "ab"]
    for deployment, image in zip((older, live), images, strict=True):
        Release.objects.pin(deployment.release_id, pulled_image=image)
    comparisons = Comparisons.around(fresh(environment))
    pinned = Deployment.objects.with_details().get(pk=older.pk)

    (change,) = comparisons.against_live(pinned) or []

    assert (change.name, change.before, change.after) == ("docker_image", *images[::-1])
    assert comparisons.since(pinned) == []


# --- Texts of several lines ----------------------------------------------------------


def test_lines_are_compared_and_equal_ones_in_between_left_out() -> None:
    before = "\n".join(["cd app", *map(str, range(10)), "make"])
    after = "\n".join(["cd shop", *map(str, range(10)), "make all"])
    assert list(changed_lines(before, after)) == [
        ("-", "cd app"),
        ("+", "cd shop"),
        *((" ", number) for number in "01"),
        ("…", ""),
        *((" ", number) for number in "89"),
        ("-", "make"),
        ("+", "make all"),
    ]


def test_lines_that_look_like_the_marks_of_a_comparison_are_lines() -> None:
    lines = list(changed_lines("-- a\n@@ b\n", "++ a\n@@ b\n"))
    assert lines == [("-", "-- a"), ("+", "++ a"), (" ", "@@ b"), (" ", "")]


def test_very_long_texts_are_told_one_after_the_other() -> None:
    lines = list(changed_lines("x\n" * 5000, "y\n" * 5000))
    assert len(lines) == 10_002
    assert [lines[0], lines[-2]] == [("-", "x"), ("+", "y")]
