"""The scripts: a library, a body from ``sh/``, and our values as assignments above."""

import shlex
from collections.abc import Mapping, Sequence
from pathlib import Path

from deployments.engine.commands.layout import Layout
from projects.syntax import SHELL_VARIABLES, check_shared_paths, tidy_shared_paths

#: The command that runs a script fed to its standard input. Nothing stays around it, so
#: the account's own shell has no part in what follows.
SHELL = "exec sh -s"

#: Below this a server counts as full: nothing useful could be written.
MINIMUM_FREE_BYTES = 256 * 1024

_BODIES = {
    file.stem: file.read_text() for file in Path(__file__).with_name("sh").glob("*.sh")
}


def prepare(
    layout: Layout,
    *,
    environment: Mapping[str, str],
    kept: Mapping[str, str],
    grace_seconds: float,
) -> str:
    """Take the lock, end older attempts, keep what later steps need, then hold.

    ``kept`` are the scripts of the parts "activate", "unit" and "restart", which make
    the release live, and "check", which asks it; an empty one is none. Answers
    ``previous`` (a link target or nothing), ``overlaps`` with the folder of an
    environment that this one lies in, ``known`` per commit that the server has, and
    ``ready``; then runs until its standard input ends.
    """
    return script(
        "prepare",
        layout,
        "place",
        environment=_exports(environment),
        keep_activate=kept["activate"],
        keep_unit=kept["unit"],
        keep_restart=kept["restart"],
        keep_check=kept["check"],
        receive=script("receive", layout),
        launch=_BODIES["launch"],
        grace=_tenths(grace_seconds),
    )


def renew(layout: Layout) -> str:
    """Make the server's repository anew if it is damaged; then answers ``renewed``."""
    return script("renew", layout)


def receive_command(layout: Layout) -> str:
    """The command that takes a pack on standard input; answers ``received``."""
    return shlex.join(["exec", "sh", f"{layout.private}/receive"])


def start(layout: Layout, name: str, command: str) -> str:
    """Start ``command`` as step ``name`` in the release; ``following`` and its log.

    Then ``ended`` with its exit code, if it left one, and the whole size of its log.
    """
    return _start(layout, name, command=command, release=layout.release)


def kept(layout: Layout, name: str, part: str, release: str) -> str:
    """As ``start``, with the script and the environment kept with ``release``."""
    return _start(layout, name, command="", part=part, release=release)


def attach(layout: Layout, name: str, offset: int) -> str:
    """Follow a started step from byte ``offset`` of its log; ``absent`` if none is."""
    return script(
        "attach", layout, "follow", step=layout.step(name), offset=str(offset + 1)
    )


def marked(text: str, mark: str) -> str:
    """The script ``text``, which tells the end of a log by ``mark``."""
    return assignments({"mark": mark}) + text


def end(layout: Layout, name: str, *, grace_seconds: float) -> str:
    """End every process of a step that is given up, and verify it.

    Answers ``ended``, or refuses with ``leftover_running`` and who still runs.
    """
    grace = _tenths(grace_seconds)
    return script("end", layout, step=layout.step(name), grace=grace)


def end_services(layout: Layout, *, grace_seconds: float) -> str:
    """As ``end``, for all that has made this deployment's release live, with the
    services that it started.
    """
    return script("end", layout, step="", grace=_tenths(grace_seconds))


def switch(layout: Layout, link: str) -> str:
    """Point ``current`` at ``link``, or remove it if ``link`` is empty.

    Answers ``kept`` per part that is kept with what is live now, ``check`` with the
    seconds that its health check may take, if one is kept, then ``switched``.
    """
    return script("switch", layout, link=link)


def fences(paths: Sequence[str]) -> str:
    """Answers ``fence`` per path that was deployed to: ``version``, ``project``."""
    return assignments({"path": "", "paths": "\n".join(paths)}) + "\n".join(
        map(body, ("library", "fences"))
    )


def revision(layout: Layout) -> str:
    """Answers ``revision``: the commit that ``current`` shows, or nothing."""
    return script("revision", layout)


def clean(layout: Layout, *, keep: int, previous: str) -> str:
    """Remove old releases; ``stuck`` per one that resists, then ``cleaned``."""
    return script("clean", layout, keep=str(keep), previous=previous)


def unit(name: str, scope: str) -> str:
    """The command of a step that restarts a systemd unit and sees it run.

    ``scope`` is "system" or "user". Its exit codes stand in ``sh/unit.sh``.
    """
    return assignments({"oec_unit": name, "oec_scope": scope}) + body("unit")


def share(layout: Layout, paths: str) -> str:
    """Link the shared ``paths``, one per line, into the release.

    Answers ``seeded`` per path that began with the repository's content, then
    ``shared``. Raises ValueError if a path could lead outside.
    """
    check_shared_paths(paths)
    return script("share", layout, shared=tidy_shared_paths(paths))


def note_ends(layout: Layout, logs: Sequence[str]) -> str:
    """Remember how long each of the application's ``logs`` is; answers ``noted``."""
    return script("words", layout, noted="", logs="\n".join(logs), unit="", scope="")


def words(layout: Layout, *, unit: str, scope: str) -> str:
    """Print what the application's logs have gained since their ends were noted, and
    the journal of its ``unit``, if it has one, since then; at most 16 KiB of each.
    """
    return script("words", layout, noted="yes", logs="", unit=unit, scope=scope)


def _start(
    layout: Layout, name: str, *, command: str, release: str, part: str = ""
) -> str:
    place = {
        "oec_step": layout.step(name),
        "oec_files": layout.files(release),
        "oec_directory": layout.directory(release),
    }
    return script(
        "start",
        layout,
        "follow",
        step=layout.step(name),
        command=command,
        part=part,
        files=layout.files(release),
        run=assignments(place) + body("run"),
        offset="1",
    )


def body(name: str) -> str:
    """The text of ``sh/<name>.sh``."""
    return _BODIES[name]


def script(name: str, layout: Layout, *libraries: str, **values: str) -> str:
    """A script for ``SHELL``: our values, the library, and the body ``name``."""
    common = {
        "path": layout.deploy_path,
        "project": layout.project_id,
        "version": str(layout.version),
        "deployment": layout.deployment_id,
        "commit": layout.commit,
        "release": layout.release,
        "minimum_free_bytes": str(MINIMUM_FREE_BYTES),
    }
    bodies = (_BODIES[body] for body in ("library", "ending", *libraries, name))
    return assignments(common | values) + "\n".join(bodies)


def assignments(values: Mapping[str, str]) -> str:
    """Shell variables of these values, whatever characters they have."""
    return "".join(f"{name}={_quote(value)}\n" for name, value in values.items())


def _exports(variables: Mapping[str, str]) -> str:
    return "\n".join(
        _export(f"{name}={_quote(value)}", is_the_shells=name in SHELL_VARIABLES)
        for name, value in variables.items()
    )


def _export(assignment: str, *, is_the_shells: bool) -> str:
    """What the server's shell will not have changed stays, and ends nothing."""
    if is_the_shells:
        return f"command export {assignment} 2>/dev/null || :"
    return f"export {assignment}"


def _quote(value: str) -> str:
    if "\0" in value:
        raise ValueError("No shell can carry a NUL character.")
    return shlex.quote(value)


def _tenths(seconds: float) -> str:
    return str(round(seconds * 10))
