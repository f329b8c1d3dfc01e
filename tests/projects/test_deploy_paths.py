"""Where an environment may deploy to: no system folder, and nobody else's."""

import pytest

from oec.exceptions import InvalidInput
from projects.models import Environment, Organization, Project, Server, User
from projects.services import change_environment
from tests import factories
from tests.api import Api
from tests.pages import read, signed_in


@pytest.fixture
def second_row(organization: Organization, server: Server, dora: User) -> Server:
    """The same machine, entered twice."""
    return factories.make_server(
        organization, by=dora, name="again", host=server.host.upper()
    )


@pytest.mark.parametrize(
    "path",
    ["/srv/shop", "/srv/shop/current/sub", "/srv/shop/releases/x", "/srv/shop/shared"],
)
@pytest.mark.parametrize("row", ["server", "second_row"])
def test_a_new_environment_lies_in_no_other_one(
    request: pytest.FixtureRequest,
    environment: Environment,
    dora: User,
    path: str,
    row: str,
) -> None:
    answer = Api(dora).post(
        f"/projects/{environment.project_id}/environments",
        {
            "name": "inside",
            "vm_id": str(request.getfixturevalue(row).pk),
            "deploy_path": path,
        },
    )
    assert answer.status_code == 400
    (sentence,) = answer.json()["errors"]["deploy_path"]
    assert sentence.startswith("Shop production deploys to /srv/shop on this server.")


def test_a_new_environment_lies_around_no_other_one(
    environment: Environment, server: Server, dora: User
) -> None:
    change_environment(environment, by=dora, deploy_path="/srv/agency/shop")
    with pytest.raises(InvalidInput, match="deploys to /srv/agency/shop"):
        factories.make_environment(
            environment.project, server, by=dora, name="b", deploy_path="/srv/agency"
        )


def test_a_folder_whose_name_goes_on_is_another_folder(
    environment: Environment, server: Server, dora: User
) -> None:
    factories.make_environment(
        environment.project, server, by=dora, name="b", deploy_path="/srv/shop-2"
    )


def test_the_same_folder_of_another_machine_is_another_folder(
    environment: Environment, organization: Organization, dora: User
) -> None:
    other = factories.make_server(organization, by=dora, name="2", host="web-2.test")
    factories.make_environment(environment.project, other, by=dora, name="b")


@pytest.mark.parametrize(
    "path",
    "/bin/x /boot/x /dev/x /etc/shop /lib/x /lib64/x /libx32/x /proc/x /run/x /sbin/x "
    "/sys/x /usr/share/shop /usr/lib/x /usr".split(),
)
def test_no_new_environment_deploys_into_the_system(
    project: Project, server: Server, dora: User, path: str
) -> None:
    with pytest.raises(InvalidInput, match="belongs to the system"):
        factories.make_environment(project, server, by=dora, deploy_path=path)


@pytest.mark.parametrize("path", ["/usr/local/shop", "/opt/etc", "/home/lib/x"])
def test_folders_for_people_are_no_system(
    project: Project, server: Server, dora: User, path: str
) -> None:
    factories.make_environment(project, server, by=dora, deploy_path=path)


def test_one_from_before_this_rule_is_changed_as_before_and_warned_of(
    environment: Environment, dora: User
) -> None:
    Environment.objects.update(deploy_path="/etc/shop")
    environment.refresh_from_db()

    changed = change_environment(environment, by=dora, keep_releases=9)

    assert changed.keep_releases == 9
    page = read(signed_in(dora), f"/environments/{environment.pk}/settings")
    assert "/etc/shop lies in /etc, which belongs to the system." in page.text
