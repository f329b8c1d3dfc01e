"""Containers on the server: what the ``docker`` command is told, by whom it is named.

Values of variables never appear in an argument: ``--env NAME`` takes them from the
environment of the step, which holds them anyway. The names of our own shell variables
begin with ``oec_``, so that they do not meet those of the application.
"""

import hashlib
import re
import shlex
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from deployments.engine.commands.health import HealthCheck
from deployments.engine.commands.layout import Layout
from deployments.engine.commands.scripts import assignments, body, script

STOP_SECONDS = 10


@dataclass(frozen=True, slots=True)
class Container:
    """What a release's container is made from; ``variables`` are names only.

    ``ports`` and ``volumes`` are lines as ``docker run`` takes them. With ``image``
    empty the commit's ``dockerfile`` is built.
    """

    image: str
    dockerfile: str
    network: str
    ports: str
    volumes: str
    domain: str
    port: int | None
    health_check_url: str
    health_check_host: str
    environment_name: str
    variables: Sequence[str]

    @property
    def needs_a_gap(self) -> bool:
        return needs_a_gap(self.network, self.ports)


def needs_a_gap(network: str, ports: str) -> bool:
    """Whether old and new would want the same port of the server."""
    return network == "host" or bool(ports)


def ready(layout: Layout, *, config: str) -> str:
    """Make sure that Docker answers and that what is live runs; answers ``ready``.

    ``config`` is kept, readable by its owner only, until the image is there.
    """
    return script("docker_ready", layout, config=config)


def image(layout: Layout, container: Container) -> str:
    """The command of a step: build or pull what this release runs."""
    labels = _labels(layout, container)
    network = ["--network", "host"] if container.network == "host" else []
    build = ["--tag", _tag(layout), "--file", container.dockerfile, *network, *labels]
    values = {
        "oec_config": f"{layout.private}/docker",
        "oec_files": layout.files(layout.release),
        "oec_image": container.image,
        "oec_tag": _tag(layout),
    }
    return _with_words(values, build) + body("docker_image")


def digests(layout: Layout) -> str:
    """Answers ``digest`` for each name and digest that a registry knows the image by,
    then ``told``.
    """
    return script("docker_digests", layout, image=_tag(layout))


def task(layout: Layout, container: Container, command: str) -> str:
    """The command of a step: run ``command`` once, in a container of its own."""
    options = [
        "--rm",
        *("--name", _task_name(layout)),
        *_outside(container),
        *_environment(container),
        *("--env", "OEC_COMMAND"),
        *("--entrypoint", "sh"),
    ]
    words = ["docker", "run", *options, _tag(layout), "-ec", 'eval "$OEC_COMMAND"']
    return assignments({"OEC_COMMAND": command}) + (
        f"export OEC_COMMAND\nexec {shlex.join(words)}\n"
    )


def run(layout: Layout, container: Container) -> str:
    """The command of a step: start the release's container.

    Where it wants a port that the old one has, the old one is stopped first.
    """
    options = [
        "--detach",
        *("--name", container_name(layout)),
        *_labels(layout, container),
        *_routing(layout, container),
        *_outside(container),
        *(word for port in _lines(container.ports) for word in ("--publish", port)),
        *_environment(container),
    ]
    values = {
        "oec_private": layout.private,
        "oec_files": layout.files(layout.release),
        "oec_name": container_name(layout),
        "oec_gap": "gap" if container.needs_a_gap else "",
        "oec_stop_seconds": str(STOP_SECONDS),
    }
    return _with_words(values, [*options, _tag(layout)]) + body("docker_run")


def check(layout: Layout, health: HealthCheck) -> str:
    """The command of a step that ends well once the container is healthy.

    Exit code 3: it ended; 4: its own health check failed; else as ``health_check``. In
    the URL the host ``container`` stands for the container's address.
    """
    values = {"oec_name": container_name(layout), **health.values}
    return assignments(values) + body("ask") + "\n" + body("docker_check")


def inspect(layout: Layout) -> str:
    """Answers ``container`` with its full id and ``commit`` with that of its label."""
    return script("docker_inspect", layout, container=container_name(layout))


def retire(layout: Layout) -> str:
    """Let this container outlive the server's next start, stop the others.

    Answers ``retired``.
    """
    return script(
        "docker_retire",
        layout,
        container=container_name(layout),
        stop_seconds=str(STOP_SECONDS),
    )


def settle(layout: Layout) -> str:
    """Remove every container but that of the live release, which is started.

    Answers ``check`` with the seconds that its health check may take, if one is kept,
    and ``settled`` with its name, or with nothing.
    """
    return script("docker_settle", layout, task=_task_name(layout))


def application(layout: Layout) -> str:
    """One name per deploy path: readable, and valid for images and containers."""
    last = layout.deploy_path.rpartition("/")[2].lower()
    readable = re.sub(r"[^a-z0-9]+", "-", last).strip("-") or "app"
    digest = hashlib.sha256(layout.deploy_path.encode()).hexdigest()
    return f"oec-{readable[:40].strip('-')}-{digest[:8]}"


def container_name(layout: Layout) -> str:
    return f"{application(layout)}-v{layout.version}"


def _task_name(layout: Layout) -> str:
    return f"{container_name(layout)}-release"


def _tag(layout: Layout) -> str:
    return f"{application(layout)}:{layout.release}"


def _labels(layout: Layout, container: Container) -> list[str]:
    facts = {
        "oec.application": application(layout),
        "oec.environment": container.environment_name,
        "oec.deployment": layout.deployment_id,
        "oec.version": str(layout.version),
        "oec.commit": layout.commit,
    }
    return _label_options(facts)


def _routing(layout: Layout, container: Container) -> list[str]:
    """Traefik's labels: https://doc.traefik.io/traefik/routing/providers/docker/."""
    if not container.domain:
        return []
    name = application(layout)
    service = f"traefik.http.services.{name}.loadbalancer"
    labels = {
        "traefik.enable": "true",
        f"traefik.http.routers.{name}.rule": f"Host(`{container.domain}`)",
        f"{service}.server.port": str(container.port),
    }
    if path := _path_of(container.health_check_url):
        # Nobody is led to a container that does not answer yet.
        labels[f"{service}.healthcheck.path"] = path
        labels[f"{service}.healthcheck.interval"] = "2s"
        if container.health_check_host:
            hostname = container.health_check_host
            labels[f"{service}.healthcheck.hostname"] = hostname
    if container.network not in {"bridge", "host", "none"}:
        labels["traefik.docker.network"] = container.network
    return _label_options(labels)


def _path_of(url: str) -> str:
    _, _, rest = url.partition("://")
    _, slash, path = rest.partition("/")
    return slash + path


def _label_options(labels: dict[str, str]) -> list[str]:
    return [
        word for name, text in labels.items() for word in ("--label", f"{name}={text}")
    ]


def _outside(container: Container) -> list[str]:
    volumes = (word for line in _lines(container.volumes) for word in ("-v", line))
    return ["--network", container.network, *volumes]


def _with_words(values: Mapping[str, str], words: Sequence[str]) -> str:
    """``values`` as variables, ``words`` as the arguments ``"$@"``."""
    return assignments(values) + f"set -- {shlex.join(words)}\n"


def _environment(container: Container) -> list[str]:
    return [word for name in container.variables for word in ("--env", name)]


def _lines(text: str) -> list[str]:
    return [line for line in text.split("\n") if line]
