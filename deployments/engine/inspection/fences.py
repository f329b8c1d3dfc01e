"""What servers have seen of a project: the newest version at each deploy path."""

import time
from collections.abc import Sequence
from uuid import UUID

from deployments.engine import commands, ssh
from deployments.engine.commands import ReplyReader
from deployments.engine.exceptions import CommandFailed, EngineError
from deployments.engine.ssh import Target

#: For signing in and reading, together.
SECONDS = 15.0
#: A version beyond this was never given out; somebody wrote it there.
HIGHEST_VERSION = 1_000_000_000


def newest_version(target: Target, paths: Sequence[str], project_id: UUID) -> int:
    """The newest version of this project that was deployed to one of ``paths``; 0 if
    it never was.

    Raises EngineError, also after ``SECONDS``, and CommandFailed.
    """
    until = time.monotonic() + SECONDS

    def tick() -> None:
        if time.monotonic() > until:
            raise EngineError("connect_timeout", host=target.host, port=target.port)

    output: list[bytes] = []
    reader = ReplyReader(output.append)
    with ssh.connect(target, tick=tick) as host:
        code = host.run(
            commands.SHELL,
            send=[commands.fences(paths).encode()],
            receive=reader.feed,
            tick=tick,
        )
    reader.close()
    if code != 0:
        raise CommandFailed(code, b"".join(output).decode("utf-8", "replace"))
    versions = [
        _version(fence.get("version", ""))
        for fence in reader.fields("fence")
        if fence.get("project") == str(project_id)
    ]
    return max(versions, default=0)


def _version(text: str) -> int:
    is_number = text.isascii() and text.isdigit() and len(text) < 12
    version = int(text) if is_number else 0
    return version if version <= HIGHEST_VERSION else 0
