"""What is run on the server: pure functions from plain values to POSIX shell text.

Quoting happens here and nowhere else. Every script arrives over standard input or as a
private file, so that no value is ever an argument that other users could see.
"""

from deployments.engine.commands.health import (
    ENDED,
    HAS_ENDED,
    NO_ANSWER,
    NO_CLIENT,
    HealthCheck,
    Started,
    health_check,
)
from deployments.engine.commands.inspect import inspection
from deployments.engine.commands.layout import Layout
from deployments.engine.commands.replies import ReplyReader
from deployments.engine.commands.scripts import (
    MINIMUM_FREE_BYTES,
    SHELL,
    attach,
    clean,
    end,
    end_services,
    fences,
    kept,
    marked,
    note_ends,
    prepare,
    receive_command,
    renew,
    revision,
    share,
    start,
    switch,
    unit,
    words,
)

__all__ = [
    "ENDED",
    "HAS_ENDED",
    "MINIMUM_FREE_BYTES",
    "NO_ANSWER",
    "NO_CLIENT",
    "SHELL",
    "HealthCheck",
    "Layout",
    "ReplyReader",
    "Started",
    "attach",
    "clean",
    "end",
    "end_services",
    "fences",
    "health_check",
    "inspection",
    "kept",
    "marked",
    "note_ends",
    "prepare",
    "receive_command",
    "renew",
    "revision",
    "share",
    "start",
    "switch",
    "unit",
    "words",
]
