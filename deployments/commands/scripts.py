"""The scripts: a library, a body from ``sh/``, and our values as assignments above."""

import shlex
from collections.abc import Mapping
from pathlib import Path

from deployments.commands.layout import Layout

SHELL = "sh -s"
"""The command that runs a script fed to its standard input."""

MINIMUM_FREE_BYTES = 256 * 1024
"""Below this a server counts as full: nothing useful could be written."""

_BODIES = {
    file.stem: file.read_text() for file in Path(__file__).with_name("sh").glob("*.sh")
}


def prepare(
    layout: Layout,
    *,
    environment: Mapping[str, str],
    restart_command: str,
    grace_seconds: float,
) -> str:
    """Take the lock, end older attempts, keep what later steps need, then hold.

    Answers ``previous`` (a link target or nothing), ``known`` per commit that the
    server has, and ``ready``; then runs until its standard input ends.
    """
    return _script(
        "prepare",
        layout,
        environment=_exports(environment),
        restart_command=restart_command,
        receive=_script("receive", layout),
        launch=_BODIES["launch"],
        grace=_tenths(grace_seconds),
    )


def receive_command(layout: Layout) -> str:
    """The command that takes a pack on standard input; answers ``received``."""
    return shlex.join(["sh", f"{layout.private}/receive"])


def start(layout: Layout, name: str, command: str) -> str:
    """Start ``command`` as step ``name`` in the release; ``following`` and its log."""
    return _start(layout, name, command=command, release=layout.release)


def restart(layout: Layout, name: str, release: str) -> str:
    """As ``start``, with the command and the environment kept with ``release``."""
    return _start(layout, name, command="", release=release)


def attach(layout: Layout, name: str, offset: int) -> str:
    """Follow a started step from byte ``offset`` of its log; ``absent`` if none is."""
    return _script(
        "attach", layout, "follow", step=layout.step(name), offset=str(offset + 1)
    )


def end(layout: Layout, name: str, *, grace_seconds: float) -> str:
    """End a step's process group and verify it; answers ``ended``."""
    grace = _tenths(grace_seconds)
    return _script("end", layout, step=layout.step(name), grace=grace)


def switch(layout: Layout, link: str) -> str:
    """Point ``current`` at ``link``, or remove it if ``link`` is empty.

    Answers ``switched`` with the word ``restart`` when a restart command is kept with
    what is live now.
    """
    return _script("switch", layout, link=link)


def revision(layout: Layout) -> str:
    """Answers ``revision``: the commit that ``current`` shows, or nothing."""
    return _script("revision", layout)


def clean(layout: Layout, *, keep: int, previous: str) -> str:
    """Remove old releases; ``stuck`` per one that resists, then ``cleaned``."""
    return _script("clean", layout, keep=str(keep), previous=previous)


def health_check(*, url: str, command: str, seconds: int) -> str:
    """The command of a step that ends well once ``url`` and ``command`` both do."""
    values = {"oec_url": url, "oec_command": command, "oec_seconds": str(seconds)}
    return _assignments(values) + _BODIES["health"]


def _start(layout: Layout, name: str, *, command: str, release: str) -> str:
    return _script(
        "start",
        layout,
        "follow",
        step=layout.step(name),
        command=command,
        files=layout.files(release),
        directory=layout.directory(release),
        offset="1",
    )


def _script(name: str, layout: Layout, *libraries: str, **values: str) -> str:
    common = {
        "path": layout.deploy_path,
        "version": str(layout.version),
        "deployment": layout.deployment_id,
        "commit": layout.commit,
        "release": layout.release,
        "minimum_free_bytes": str(MINIMUM_FREE_BYTES),
    }
    bodies = (_BODIES[body] for body in ("library", *libraries, name))
    return _assignments(common | values) + "\n".join(bodies)


def _assignments(values: Mapping[str, str]) -> str:
    return "".join(f"{name}={_quote(value)}\n" for name, value in values.items())


def _exports(variables: Mapping[str, str]) -> str:
    return "\n".join(
        f"export {name}={_quote(value)}" for name, value in variables.items()
    )


def _quote(value: str) -> str:
    if "\0" in value:
        raise ValueError("No shell can carry a NUL character.")
    return shlex.quote(value)


def _tenths(seconds: float) -> str:
    return str(round(seconds * 10))
