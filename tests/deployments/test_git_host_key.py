"""The host key of a Git host: fetched from a real one, compared, accepted, audited."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deployments import diagnosis
from deployments.engine.ssh import fingerprint, generate_key
from projects.models import AuditEntry, Organization, Project, User
from tests import factories
from tests.api import Api
from tests.deployments.sshd import SSHD, Sshd
from tests.pages import Page, read, send, signed_in

pytestmark = pytest.mark.skipif(SSHD is None, reason="openssh-server is not installed")


@pytest.fixture(scope="module")
def sshd(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sshd]:
    server = Sshd(tmp_path_factory.mktemp("git-host") / "server")
    server.start()
    yield server
    server.stop()


@pytest.fixture
def make(organization: Organization, dora: User) -> Callable[..., Project]:
    def make(url: str) -> Project:
        return factories.make_project(organization, by=dora, git_url=url)

    return make


@pytest.fixture
def project(make: Callable[..., Project], sshd: Sshd, tmp_path: Path) -> Project:
    return make(f"ssh://git@127.0.0.1:{sshd.port}/srv/shop.git")


def accepted() -> list[AuditEntry]:
    return list(AuditEntry.objects.filter(action="project.git_host_key_accepted"))


def test_a_person_fetches_compares_and_accepts_the_key(
    project: Project, sshd: Sshd, dora: User
) -> None:
    client = signed_in(dora)
    url = f"/projects/{project.pk}/git-host-key"
    edit = f"/projects/{project.pk}/edit"
    assert read(client, edit).links["Fetch the Git host’s key"] == url

    page = Page(send(client, url))

    assert fingerprint(sshd.host_key) in page.text
    assert not Project.objects.get().git_host_key, "fetching accepts nothing"
    client.post(f"{url}/accept", page.fields)
    assert Project.objects.get().git_host_key == sshd.host_key
    (entry,) = accepted()
    assert entry.facts == {"before": "", "after": fingerprint(sshd.host_key)}
    assert fingerprint(sshd.host_key) in read(client, edit).text
    assert "The Git host shows the accepted key." in Page(client.post(url)).text


def test_another_key_than_the_accepted_one_is_shown_with_a_warning(
    project: Project, sshd: Sshd, dora: User
) -> None:
    other = generate_key()[1]
    Api(dora).patch(f"/projects/{project.pk}", {"git_host_key": other})

    page = Page(signed_in(dora).post(f"/projects/{project.pk}/git-host-key"))

    assert "another key than the accepted one" in page.text
    assert fingerprint(other) in page.text
    assert fingerprint(sshd.host_key) in page.text


def test_the_api_shows_the_key_and_a_change_of_the_project_accepts_it(
    project: Project, sshd: Sshd, dora: User
) -> None:
    path = f"/projects/{project.pk}"
    fetched = Api(dora).post(f"{path}/git-host-key").json()
    assert fetched == {
        "host_key": sshd.host_key,
        "fingerprint": fingerprint(sshd.host_key),
        "accepted_fingerprint": "",
        "matches": False,
    }
    changed = Api(dora).patch(path, {"git_host_key": fetched["host_key"]})
    assert changed.json()["git_host_key_fingerprint"] == fetched["fingerprint"]
    assert Api(dora).post(f"{path}/git-host-key").json()["matches"] is True
    Api(dora).patch(path, {"git_host_key": ""})
    assert [entry.facts["after"] for entry in accepted()] == [
        "",
        fetched["fingerprint"],
    ]


def test_what_is_no_key_is_not_accepted(project: Project, dora: User) -> None:
    url = f"/projects/{project.pk}/git-host-key/accept"
    for line in ("ssh-ed25519 AAAA", "x", "ssh-ed25519 AAAA\nssh-rsa AAAA"):
        answer = signed_in(dora).post(url, {"git_host_key": line})
        assert answer.status_code == 400
    assert not Project.objects.get().git_host_key


@pytest.mark.parametrize(
    ("url", "status", "sentence"),
    [
        ("https://git.example.org/shop", 400, "Only a Git host that is reached over"),
        ("ssh://git@127.0.0.1:1/shop", 409, "The Git host 127.0.0.1 cannot be"),
        ("ssh://git@127.0.0.1:1/shop", 409, "refused the SSH connection on port 1."),
        ("git@nothing.invalid:shop", 409, "The Git host nothing.invalid cannot be"),
    ],
)
def test_a_host_without_a_key_is_told_in_a_sentence(
    make: Callable[..., Project], dora: User, url: str, status: int, sentence: str
) -> None:
    project = make(url)
    answer = Api(dora).post(f"/projects/{project.pk}/git-host-key")
    assert answer.status_code == status
    assert sentence in answer.json()["detail"]
    client = signed_in(dora)
    page = f"/projects/{project.pk}/git-host-key"
    assert client.post(page).headers["Location"] == page
    assert sentence in read(client, page).text


def test_it_says_what_a_deployment_would_say(
    project: Project, sshd: Sshd, dora: User
) -> None:
    sshd.configure("Ciphers chacha20-poly1305@openssh.com")
    try:
        answer = Api(dora).post(f"/projects/{project.pk}/git-host-key").json()
    finally:
        sshd.configure("")
    told = diagnosis.failure("git_algorithms", host="127.0.0.1", detail="no cipher")
    assert answer["detail"].startswith(told.message)
    assert "chacha20-poly1305@openssh.com" in answer["detail"]
    assert answer["reason"] == "ssh_algorithms"


def test_a_host_that_is_not_allowed_any_more_is_not_asked(
    project: Project, dora: User, settings
) -> None:
    settings.GIT_ALLOWED_HOSTS = []
    answer = Api(dora).post(f"/projects/{project.pk}/git-host-key")
    assert answer.status_code == 400
    assert "OEC_GIT_ALLOWED_HOSTS" in answer.json()["detail"]


def test_only_who_may_change_the_project_asks_its_git_host(
    project: Project, alice: User, charlie: User
) -> None:
    for user, status in ((alice, 403), (charlie, 404)):
        url = f"/projects/{project.pk}/git-host-key"
        for path in (url, f"{url}/accept"):
            assert signed_in(user).post(path).status_code == status
        assert signed_in(user).get(url).status_code == status
    assert not Project.objects.get().git_host_key
