"""Runtime ``docker``: an image per release, a container that takes over from another.

Old and new run side by side until the new one is healthy, where they can: behind
Traefik, or without a port of the server. Otherwise the old one is stopped first.
"""

from deployments.engine import commands
from deployments.engine.commands import ReplyReader, docker, registries
from deployments.engine.commands.docker import Container
from deployments.engine.exceptions import CommandFailed, EngineError, Interrupted
from deployments.engine.pipeline import health, serving
from deployments.engine.pipeline.durable import perform, run_command
from deployments.engine.pipeline.model import Run
from deployments.engine.pipeline.server import variables
from deployments.engine.pipeline.verification import STEP, verify

#: What the exit codes of the check's script mean; why the container ended is read from
#: what it printed.
EXIT_CODES = {3: "", 4: "container_unhealthy"}


def build(run: Run) -> None:
    """The build command on the server itself, then the image."""
    run_command(run, "build", run.plan.settings.build_command)
    run.has_containers = True
    ready = docker.ready(run.layout, config=_credentials(run))
    run.remote.ask(ready, run.watch("build"))
    _perform(run, "image", docker.image(run.layout, _container(run)))
    _pin(run)


def release(run: Run) -> None:
    """Release and verify command, each in a container of the new image of its own."""
    settings, container = run.plan.settings, _container(run)
    if settings.release_command.strip():
        task = docker.task(run.layout, container, settings.release_command)
        _perform(run, "release", task)
    else:
        run.note("There is no release command.")
    task = docker.task(run.layout, container, settings.verify_command)
    verify(run, commands.start(run.layout, STEP, task))


def activate(run: Run) -> None:
    container = _container(run)
    if container.needs_a_gap:
        run.note("The old container is stopped before the new one starts.")
    _perform(run, "container", docker.run(run.layout, container))
    run.container_started(_inspect(run)[0])


def check(run: Run) -> None:
    """Once the new container is healthy it is the live one, and the old one stops."""
    try:
        health.ask(run, codes=EXIT_CODES)
    except EngineError as failure:
        # The check has printed the end of the container's log.
        if isinstance(failure.__cause__, CommandFailed):
            failure.words = failure.__cause__.output
        raise
    run.switched = True
    # Not interrupted, like every change of what is live.
    run.remote.ask(commands.switch(run.layout, run.layout.link), run.unwatched("check"))
    run.remote.ask(docker.retire(run.layout), run.unwatched("check"))
    run.note(f"{docker.container_name(run.layout)} is live.")
    actual = _inspect(run)[1]
    if actual != run.commit:
        raise EngineError("commit_mismatch", expected=run.commit, actual=actual)
    # It has the commit's label, runs, and has just passed its health check.
    run.remains.serving = "new"


def put_back(run: Run) -> None:
    """After a failure: the container of before, and nothing else of this run; it is
    asked whether it answers.

    Does nothing before the first container and never raises: the failure that led
    here is what the run ends with.
    """
    if not run.has_containers:
        return
    run.has_containers = False
    run.report_if_possible()
    watch = run.unwatched("put-back")
    try:
        if run.switched:
            run.switched = False
            run.remote.ask(commands.switch(run.layout, run.previous), watch)
        settled = run.remote.ask(docker.settle(run.layout), watch)
    except (EngineError, CommandFailed, Interrupted) as failure:
        run.note(f"What was live before could not be brought back ({failure}).")
    else:
        _tell_settled(run, settled)


def _tell_settled(run: Run, settled: ReplyReader) -> None:
    name = settled.fact("settled")
    if name:
        seconds = next(map(int, settled.facts("check")), None)
        release = run.previous.rpartition("/")[2]
        serving.ask_put_back(run, name, release, seconds)
    else:
        run.note("No container is live, as before.")


def _pin(run: Run) -> None:
    """A tag may mean another image tomorrow: from now on the release means this one."""
    image = _container(run).image
    if not image or registries.is_pinned(image):
        return
    reply = run.remote.ask(docker.digests(run.layout), run.watch("build"))
    if pinned := registries.pinned(image, reply.facts("digest")):
        run.note(f"{image} is {pinned}. A retry or rollback uses exactly this image.")
        run.image_pulled(pinned)


def _perform(run: Run, name: str, command: str) -> None:
    silence = run.plan.settings.silence_timeout_seconds
    watch = run.watch(name, silence_seconds=silence)
    perform(run, name, commands.start(run.layout, name, command), watch)


def _inspect(run: Run) -> tuple[str, str]:
    """Id and commit of the release's container; no commit unless it runs."""
    reply = run.remote.ask(docker.inspect(run.layout), run.watch("check"))
    return reply.fact("container"), reply.fact("commit")


def _container(run: Run) -> Container:
    settings = run.plan.settings
    return Container(
        image=run.plan.pulled_image or settings.docker_image,
        dockerfile=settings.dockerfile,
        network=settings.docker_network,
        ports=settings.docker_ports,
        volumes=settings.docker_volumes,
        domain=settings.docker_domain,
        port=settings.docker_port,
        health_check_url=settings.health_check_url,
        health_check_host=settings.health_check_host,
        environment_name=run.plan.environment_name,
        variables=list(variables(run)),
    )


def _credentials(run: Run) -> str:
    registry = run.plan.registry
    if not registry.host or not registry.password:
        return ""
    return registries.credentials(registry.host, registry.username, registry.password)
