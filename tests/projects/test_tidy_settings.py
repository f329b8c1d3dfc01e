"""What people write into paths, ports and volumes, and what is stored of it."""

from typing import Any

import pytest

from projects import services
from projects.models import AuditEntry, Environment, Project, Server, User
from tests import factories
from tests.administration import enter_as_superuser, page_of, submit
from tests.api import Api
from tests.pages import read, send, signed_in

WRITTEN = {
    "deploy_path": "/srv/tidy/",
    "shared_paths": "\nmedia//\n\n  config/local.ini\n",
    "docker_ports": "127.0.0.1:8069:8069/\n\n8072:8072\n",
    "docker_volumes": "filestore:/var/lib/odoo/\n\n/srv/media/:/media/:ro\n",
    "dockerfile": "docker/Dockerfile/",
}
STORED = {
    "deploy_path": "/srv/tidy",
    "shared_paths": "media/\nconfig/local.ini",
    "docker_ports": "127.0.0.1:8069:8069\n8072:8072",
    "docker_volumes": "filestore:/var/lib/odoo\n/srv/media:/media:ro",
    "dockerfile": "docker/Dockerfile",
}
WRONG = [
    ("shared_paths", "media/\n\n../up", "Line 3: '../up' is not a path inside"),
    ("shared_paths", "a\na/b/", "Line 2: a/b and a overlap"),
    ("docker_ports", "80:80\nnonsense", "Line 2: 'nonsense' is not a port"),
    ("docker_ports", "80:80\nx:80:80", "Line 2: x is not an IPv4 address"),
    ("docker_volumes", "\na:/b\nc", "Line 3: 'c' is not a volume"),
    ("docker_volumes", "a:/b\n/etc/:/c", "Line 2: /etc cannot be mounted"),
]


def stored(environment: Environment) -> dict[str, Any]:
    row = Environment.objects.get(pk=environment.pk)
    return {name: getattr(row, name) for name in STORED}


def test_the_page_stores_it_tidy(environment: Environment, dora: User) -> None:
    send(signed_in(dora), f"/environments/{environment.pk}/settings", **WRITTEN)
    assert stored(environment) == STORED


def test_the_api_stores_it_tidy(environment: Environment, dora: User) -> None:
    answer = Api(dora).patch(f"/environments/{environment.pk}", WRITTEN)
    assert answer.status_code == 200, answer.json()
    assert stored(environment) == STORED
    assert answer.json().items() >= STORED.items()


@pytest.mark.ignore_template_errors
def test_the_administration_stores_it_tidy(
    environment: Environment, dora: User
) -> None:
    submit(enter_as_superuser(dora), page_of(environment), **WRITTEN)
    assert stored(environment) == STORED


def test_a_new_environment_is_tidy(
    project: Project, server: Server, dora: User
) -> None:
    made = factories.make_environment(project, server, by=dora, **WRITTEN)
    assert stored(made) == STORED


def test_the_same_in_other_words_changes_and_records_nothing(
    environment: Environment, dora: User
) -> None:
    services.change_environment(environment, by=dora, **WRITTEN)
    entry = AuditEntry.objects.get(action="environment.changed")
    assert entry.facts["changes"] == STORED
    services.change_environment(environment, by=dora, **WRITTEN)
    assert AuditEntry.objects.filter(action="environment.changed").count() == 1


def test_a_slash_alone_is_not_a_folder_of_ones_own(
    environment: Environment, dora: User
) -> None:
    for path in ("/", "//", "/etc/"):
        answer = Api(dora).patch(
            f"/environments/{environment.pk}", {"deploy_path": path}
        )
        assert answer.status_code == 400


@pytest.mark.parametrize(("name", "value", "sentence"), WRONG)
def test_what_is_wrong_names_its_line(
    name: str, value: str, sentence: str, environment: Environment, dora: User
) -> None:
    answer = Api(dora).patch(f"/environments/{environment.pk}", {name: value})
    assert answer.json()["errors"][name][0].startswith(sentence)
    url = f"/environments/{environment.pk}/settings"
    page = signed_in(dora).post(url, {**read(signed_in(dora), url).fields, name: value})
    assert sentence.split("'")[0].rstrip() in page.content.decode()


def test_a_value_of_one_line_names_none(environment: Environment, dora: User) -> None:
    path = f"/environments/{environment.pk}"
    answer = Api(dora).patch(path, {"docker_ports": "nonsense"})
    assert answer.json()["errors"]["docker_ports"][0].startswith("'nonsense' is not")
