"""The append-only history of a deployment, and the nudge that tells its readers."""

from deployments.events.history import (
    Draft,
    append,
    begin,
    note,
    output,
    status_change,
    step_change,
)

__all__ = ["Draft", "append", "begin", "note", "output", "status_change", "step_change"]
