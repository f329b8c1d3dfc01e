"""The script that looks at a server without deploying to it."""

from collections.abc import Mapping, Sequence

from deployments.engine.commands.scripts import assignments, body


def inspection(paths: Sequence[str], registries: Mapping[str, str]) -> str:
    """A script for ``SHELL``. ``registries`` are names with the addresses to ask.

    Answers with fields, in this order: ``tools``, ``clock``; for each path
    ``write_permission`` and ``disk``; ``memory``, ``docker``; for each registry
    ``registry``. ``about`` is the path or the name, ``detail`` what went wrong, and
    ``lacks`` a tool without which it cannot be told.
    """
    values = {
        "path": "",
        "paths": "\n".join(paths),
        "registries": "\n".join(f"{name} {url}" for name, url in registries.items()),
    }
    return assignments(values) + body("library") + "\n" + body("inspect")
