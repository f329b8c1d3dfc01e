"""A restored console gives out version numbers that its servers have seen before."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from uuid import UUID

from django.db import transaction
from django.db.models.functions import Greatest

from deployments import diagnosis
from deployments.engine.exceptions import CommandFailed, EngineError
from deployments.engine.inspection import newest_version
from deployments.services.server_checks import target_of
from projects import audit, permissions
from projects.models import Environment, Project, Server, User

#: Servers that are asked at the same time.
AT_ONCE = 8


@dataclass(frozen=True, slots=True)
class Sighting:
    """What one server has seen of a project; ``version`` is None if it did not say."""

    server: str
    version: int | None
    sentence: str


@dataclass(frozen=True, slots=True)
class CatchUp:
    """The project's newest version before and now, and what each server said."""

    before: int
    last_version: int
    servers: list[Sighting]


def catch_up(project: Project, *, by: User, address: str | None = None) -> CatchUp:
    """Ask every server of the project for the newest version that it has seen, and
    let the project continue after the highest.

    A server that does not answer is named and otherwise left out: it will refuse its
    next deployment, and this can be done again. Takes 15 seconds or, for many servers,
    a multiple of that.
    """
    permissions.require_change(by, project)
    sightings = _sightings(project)
    highest = max((seen.version or 0 for seen in sightings), default=0)
    rows = Project.objects.filter(pk=project.pk)
    with transaction.atomic():
        before = rows.select_for_update().values_list("last_version", flat=True).get()
        if highest > before:
            rows.update(last_version=Greatest("last_version", highest))
            audit.record(
                by,
                "project.caught_up",
                project,
                project=project,
                address=address,
                before=before,
                after=highest,
            )
    return CatchUp(before, max(before, highest), sightings)


def _sightings(project: Project) -> list[Sighting]:
    environments = (
        Environment.objects.filter(project=project, server__isnull=False)
        .select_related("server")
        .order_by("server__name", "server_id")
    )
    paths: dict[Server, list[str]] = {}
    for environment in environments:
        if environment.server:
            paths.setdefault(environment.server, []).append(environment.deploy_path)
    with ThreadPoolExecutor(AT_ONCE) as pool:
        look = partial(_look, project_id=project.pk)
        return list(pool.map(look, paths.keys(), paths.values()))


def _look(server: Server, paths: list[str], *, project_id: UUID) -> Sighting:
    """Runs in a thread of its own, without the database."""
    try:
        version = newest_version(target_of(server), paths, project_id)
    except EngineError as error:
        failure = diagnosis.failure(error.code, **error.facts)
        return Sighting(server.name, None, failure.message)
    except CommandFailed as error:
        return Sighting(server.name, None, f"The server did not answer ({error}).")
    sentence = f"It has seen v{version}." if version else "It has seen no version."
    return Sighting(server.name, version, sentence)
