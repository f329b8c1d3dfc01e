"""Deploy paths that lie in one another: by path, by link, either way round."""

from pathlib import Path
from uuid import UUID

import pytest

from tests.deployments.engine.lab import Deployment, Lab

OTHER = UUID(int=2)


def elsewhere(lab: Lab, path: Path) -> Deployment:
    """The first deployment of another project, to this folder."""
    return lab.deploy(project_id=OTHER, deploy_path=str(path), version=1)


@pytest.mark.parametrize(
    "inside", ["current/sub", "current", "releases/x", "shared/media", "a/b/c/d"]
)
def test_a_new_place_in_that_of_another_environment_is_refused(
    lab: Lab, inside: str
) -> None:
    live = lab.succeed()

    refused = elsewhere(lab, lab.path / inside)

    assert refused.code == "deploy_path_overlaps"
    assert refused.error.facts["holder"] == str(lab.path)  # type: ignore[union-attr]
    assert not list(lab.path.rglob(f"{inside}/.oec")), "nothing was made there"
    assert lab.live == live.release


def test_a_link_into_another_environment_does_not_hide_that_it_is_there(
    lab: Lab, tmp_path: Path
) -> None:
    lab.succeed()
    (tmp_path / "link").symlink_to(lab.path / "current")

    assert elsewhere(lab, tmp_path / "link").code == "deploy_path_overlaps"
    assert elsewhere(lab, tmp_path / "link" / "sub").code == "deploy_path_overlaps"


def test_a_new_place_around_another_environment_is_refused(
    lab: Lab, tmp_path: Path
) -> None:
    inner = lab.succeed()
    refused = elsewhere(lab, tmp_path)
    assert refused.code == "deploy_path_overlaps"
    assert refused.error.facts["holder"] == str(lab.path)  # type: ignore[union-attr]
    assert lab.live == inner.release


def test_a_place_from_before_this_rule_keeps_working_and_is_told(
    lab: Lab, tmp_path: Path
) -> None:
    (tmp_path / ".oec").mkdir()
    (tmp_path / ".oec" / "fence").write_text(f"1 {OTHER}\n")
    (lab.path / ".oec").mkdir(parents=True)
    (lab.path / ".oec" / "fence").write_text("0\n")

    deployed = lab.succeed()

    assert any(f"lies in {tmp_path}," in note for note in deployed.notes)


def test_two_places_side_by_side_are_nobody_s_concern(lab: Lab, tmp_path: Path) -> None:
    lab.succeed()
    beside = elsewhere(lab, Path(f"{lab.path}-beside"))
    assert beside.error is None
    assert not any("lies in" in note for note in beside.notes)


def test_what_another_environment_has_in_an_old_release_is_not_removed(
    lab: Lab,
) -> None:
    first = lab.succeed(keep_releases=1)
    inner = lab.path / "releases" / first.release / "sub"
    (inner / ".oec").mkdir(parents=True)
    (inner / ".oec" / "fence").write_text(f"1 {OTHER}\n")

    for _ in range(3):
        lab.succeed(keep_releases=1)

    assert (inner / ".oec" / "fence").exists()
