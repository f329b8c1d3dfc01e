"""Secrets that are looked for wherever a whole deployment leaves something behind."""

import json
import stat
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from rest_framework_simplejwt.tokens import RefreshToken

from deployments.engine.redaction import MASK
from deployments.models import Deployment
from projects import services
from projects.models import Organization, Project, User
from tests import factories, processes
from tests.deployments import leaking
from tests.deployments.canaries import (
    Canaries,
    RedisMonitor,
    Watch,
    database_dump,
    files_below,
    heart_of,
    new_text,
    read,
    redis_content,
)
from tests.deployments.engine.githost import GitHost, make_certificate, serving
from tests.deployments.engine.repository import Repository, git
from tests.deployments.every_page import everything_shown_to
from tests.deployments.sshd import SSHD, Sshd
from tests.faults.console import FaultConsole
from tests.faults.site import ended, log_of, outcome
from tests.processes import Running

pytestmark = pytest.mark.ignore_template_errors
needs_sshd = pytest.mark.skipif(SSHD is None, reason="openssh-server is not installed")

SPECIAL = "/+= &'\"$\\é"


# --- A whole deployment, and everywhere it leaves something ---------------------------


class Door:
    """The API of the web process, as one user."""

    def __init__(self, web: Running, user: User) -> None:
        self.user = user
        self._base = f"{web.url}/api/v1"
        self._token = str(RefreshToken.for_user(user).access_token)

    def send(self, method: str, path: str, **body: Any) -> Any:
        with self._open(method, path, json.dumps(body).encode()) as answer:
            return json.loads(answer.read())

    def read(self, path: str) -> bytes:
        with self._open("GET", path, None) as answer:
            return answer.read()

    def refused(self, method: str, path: str, **body: Any) -> bytes:
        with pytest.raises(urllib.error.HTTPError) as refusal:
            self.send(method, path, **body)
        assert refusal.value.code == 400
        return refusal.value.read()

    def _open(self, method: str, path: str, data: bytes | None) -> Any:
        headers = {"Authorization": f"Bearer {self._token}"}
        if data is not None:
            headers["Content-Type"] = "application/json"
        request = urllib.request.Request(
            self._base + path, data=data, headers=headers, method=method
        )
        return urllib.request.urlopen(request, timeout=30)


@dataclass
class Stage:
    """The places that belong to this test alone."""

    console: FaultConsole
    sshd: Sshd
    git_host: GitHost
    repository: Repository
    console_folder: Path
    server_folder: Path
    variables: dict[str, str]


@pytest.fixture
def stage(
    transactional_db: None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Stage]:
    processes.empty_broker()
    console_folder, server_folder = tmp_path / "console", tmp_path / "server"
    for folder in (console_folder, server_folder, tmp_path / "served"):
        folder.mkdir()
    repository = Repository(tmp_path / "origin")
    program = Path(leaking.__file__).read_text()
    repository.commit("Begin", {"leaking.py": program})
    git(repository.path, "update-server-info")
    (tmp_path / "served" / "shop").symlink_to(repository.path / ".git")
    certificate = make_certificate(tmp_path / "certificate.pem")
    sshd = Sshd(tmp_path / "sshd", environment={"TMPDIR": str(server_folder)})
    with ExitStack() as stack:
        sshd.start()
        stack.callback(sshd.stop)
        host = stack.enter_context(serving(tmp_path / "served", certificate, "nobody"))
        console = FaultConsole(tmp_path, stack)
        stack.callback(console.end)
        variables = {
            "TMPDIR": str(console_folder),
            "GIT_SSL_CAINFO": str(certificate),
        }
        yield Stage(
            *(console, sshd, host, repository),
            *(console_folder, server_folder, variables),
        )


class Leaks:
    """What was found where it may not be."""

    def __init__(self, canaries: Canaries) -> None:
        self._canaries = canaries
        self.found: set[tuple[str, str]] = set()

    def look(self, place: str, data: bytes | str) -> None:
        self.found |= {(place, name) for name in self._canaries.found_in(data)}


@needs_sshd
@pytest.mark.timeout(300)  # it deploys four times and reads every page thrice
def test_no_secret_leaves_its_place(
    stage: Stage,
    canaries: Canaries,
    organization: Organization,
    alice: User,
    bob: User,
    dora: User,
) -> None:
    leaks = Leaks(canaries)
    with (
        RedisMonitor() as monitor,
        Watch(canaries, [stage.console_folder, settings.BROKER_DIR]) as watch,
    ):
        web = stage.console.web(**stage.variables)
        crew = stage.console.crew(**stage.variables)
        door = Door(web, dora)
        environment, project, server = seed(stage, canaries, organization, door)
        for text in refused_values(canaries, door, project, server):
            leaks.look("refusal", text)
        deployments = deploy_in_every_way(stage, canaries, door, environment, project)
        for deployment in deployments:
            for user in (alice, bob, dora):
                path = f"/deployments/{deployment.pk}/stream"
                leaks.look("stream", Door(web, user).read(path))

    assert watch.looked > 10
    leaks.found |= watch.leaks
    leaks.look("database", database_dump())
    leaks.look("Redis", monitor.heard + redis_content())
    leaks.look("log of sshd", read(stage.sshd.directory / "log"))
    for running in (web, *crew):
        leaks.look(f"log of {running.name}", running.output)
    ids: dict[str, list[Any]] = {
        "project_id": [project],
        "environment_id": [environment],
        "server_id": [server],
        "deployment_id": [deployment.pk for deployment in deployments],
        "name": list(leaking.VARIABLES),
    }
    root = factories.make_user("root", is_superuser=True, is_staff=True)
    look_at_every_page((bob, dora, root), ids, leaks)
    look_at_the_folders(stage, leaks)
    assert leaks.found == set()


def seed(
    stage: Stage, canaries: Canaries, organization: Organization, door: Door
) -> tuple[str, str, str]:
    """An environment with every kind of secret; its id, the project's, the server's."""
    parts: dict[str, tuple[str, ...]] = {
        name: (new_text(), new_text()) for name in leaking.VARIABLES
    }
    parts["git token"] = (new_text(),)
    parts["registry password"] = (new_text(), new_text())
    for name, texts in parts.items():
        canaries.add(name, *texts)
    canaries.add("private key", heart_of(stage.sshd.private_key))

    token = f"alice:{parts['git token'][0]}"
    stage.git_host.let_in(token)
    project = door.send(
        *("POST", "/projects"),
        organization_id=str(organization.pk),
        name="Shop",
        git_url=f"{stage.git_host.url}/shop",
        git_token=token,
        registry_host="registry.example.org",
        registry_username="robot",
        registry_password=SPECIAL.join(parts["registry password"]),
    )["id"]
    row = Project.objects.get(pk=project)
    services.generate_deploy_key(row, by=door.user)
    canaries.add("deploy key", heart_of(row.git_deploy_key))
    with (stage.sshd.directory / "authorized_keys").open("a") as file:
        file.write(f"{row.git_public_key}\n")
    target = stage.sshd.target
    server = door.send(
        *("POST", "/servers"),
        organization_id=str(organization.pk),
        name="web-1",
        host=target.host,
        port=target.port,
        username=target.username,
        private_key=target.private_key,
        host_key=target.host_key,
    )["id"]
    environment = door.send(
        *("POST", f"/projects/{project}/environments"),
        name="production",
        vm_id=server,
        deploy_path=str(stage.sshd.directory / "shop"),
        build_command=f"{sys.executable} leaking.py",
    )["id"]
    first, second = parts["CERTIFICATE"]
    variables = f"/environments/{environment}/variables"
    door.send("PUT", f"{variables}/PASSWORD", value=SPECIAL.join(parts["PASSWORD"]))
    door.send(
        "PUT",
        f"{variables}/CERTIFICATE",
        value=f"--begin--\n{first}\n  {second} \nend\n",
    )
    door.send(
        *("PUT", f"/projects/{project}/variables/LICENCE"),
        value=SPECIAL.join(parts["LICENCE"]),
    )
    return environment, project, server


def refused_values(
    canaries: Canaries, door: Door, project: str, server: str
) -> Iterator[bytes]:
    """What is said about secrets that cannot be stored."""
    text = new_text()
    canaries.add("refused value", text)
    yield door.refused("PATCH", f"/servers/{server}", private_key=f"no key {text}")
    yield door.refused("PATCH", f"/projects/{project}", git_token=[text])
    yield door.refused(
        "PUT", f"/projects/{project}/variables/REFUSED", value=f"{text}\0"
    )


def deploy_in_every_way(
    stage: Stage, canaries: Canaries, door: Door, environment: str, project: str
) -> list[Deployment]:
    """One that succeeds, one that fails in its build, one without its Git host, and
    the retry of that one, by another way to the same repository.
    """
    path = f"/environments/{environment}"
    succeeded = deploy(door, environment)
    assert outcome(succeeded) == ("success", ""), log_of(succeeded)
    log = log_of(succeeded)
    for name in leaking.VARIABLES:
        assert f"{name} 0: " in log
        assert log.count(MASK) > 20

    leak = f"{sys.executable} leaking.py"
    door.send("PATCH", path, build_command=f"{leak} fail")
    failed = deploy(door, environment)
    assert outcome(failed) == ("failed", "module_missing")
    assert MASK in failed.error_message
    assert MASK in failed.error_evidence

    door.send("PATCH", path, build_command=leak)
    stage.repository.commit("Second", {"second.txt": "two"})
    git(stage.repository.path, "update-server-info")
    stage.git_host.refusal = 403
    without_git = deploy(door, environment)
    assert without_git.error_code.startswith("git_")
    target = stage.sshd.target
    address = f"{target.username}@{target.host}:{target.port}"
    door.send(
        *("PATCH", f"/projects/{project}"),
        git_url=f"ssh://{address}{stage.repository.path}",
        git_token=Project.objects.get(pk=project).git_token,
        git_host_key=target.host_key,
    )
    again = door.send("POST", f"/deployments/{without_git.pk}/retry", reason="By SSH")
    retried = ended(again["id"])
    assert outcome(retried) == ("success", "")
    return [succeeded, failed, without_git, retried]


def deploy(door: Door, environment: str) -> Deployment:
    started = door.send("POST", f"/environments/{environment}/deployments")
    return ended(started["id"])


def look_at_the_folders(stage: Stage, leaks: Leaks) -> None:
    """On the server a secret stands in the environment that is kept with a release; on
    the console, and in the temporary folders of both, nowhere.
    """
    live = stage.sshd.directory / "shop"
    kept = sorted(live.glob(".oec/releases/*/environment"))
    assert kept
    assert {stat.S_IMODE(file.stat().st_mode) for file in kept} == {0o600}
    assert stat.S_IMODE((live / ".oec").stat().st_mode) == 0o700
    data_folder = Path(settings.DATA_DIR)
    for folder in (live, stage.console_folder, stage.server_folder, data_folder):
        for file in files_below(folder):
            if file not in kept:
                leaks.look(str(file), read(file))


# --- Every page and every route ------------------------------------------------------


def look_at_every_page(
    users: Iterable[User], ids: dict[str, list[Any]], leaks: Leaks
) -> None:
    for user in users:
        for path, text in everything_shown_to(user, ids):
            leaks.look(f"{path} for {user}", text)
