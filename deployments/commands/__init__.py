"""What is run on the server: pure functions from plain values to POSIX shell text.

Quoting happens here and nowhere else. Every script arrives over standard input or as a
private file, so that no value is ever an argument that other users could see.
"""

from deployments.commands.layout import Layout
from deployments.commands.replies import ReplyReader
from deployments.commands.scripts import (
    SHELL,
    attach,
    clean,
    end,
    health_check,
    prepare,
    receive_command,
    restart,
    revision,
    start,
    switch,
)

__all__ = [
    "SHELL",
    "Layout",
    "ReplyReader",
    "attach",
    "clean",
    "end",
    "health_check",
    "prepare",
    "receive_command",
    "restart",
    "revision",
    "start",
    "switch",
]
