"""How a run ends otherwise than well: it failed, or somebody else ended it."""

from typing import Any

# --- Failures: the run ends FAILED ---------------------------------------------------


class EngineError(Exception):
    """A failure that the engine recognized itself.

    ``code`` is a key of the diagnosis catalogue; ``facts`` fill its sentence; ``words``
    is what the application itself has printed meanwhile, at most 64 KiB.
    """

    words = ""

    def __init__(self, code: str, **facts: Any) -> None:
        super().__init__(code)
        self.code = code
        self.facts = facts


class CommandFailed(Exception):
    """A command on the console or the server ended badly.

    ``exit_code`` is None when no result could be read, which is never a success;
    ``output`` is the end of what it printed, ``words`` of what the application itself
    has printed meanwhile, each at most 64 KiB.
    """

    words = ""

    def __init__(self, exit_code: int | None, output: str) -> None:
        super().__init__(f"exit code {exit_code}")
        self.exit_code = exit_code
        self.output = output


class VerifyFailed(CommandFailed):
    """The verify command ended badly: nothing has been switched or restarted."""


# --- Interruptions: somebody else decided that the run ends --------------------------


class Interrupted(Exception):
    """Raised by a run's checkpoint."""


class CancelRequested(Interrupted):
    """A person asked for the end of this run."""


class LeaseLost(Interrupted):
    """This worker no longer owns the row and must not write to it."""


class ShuttingDown(Interrupted):
    """The worker is being stopped and its grace is over."""
