"""Server-Sent Events as bytes (HTML standard, section 9.2)."""

import json
from uuid import UUID

from deployments.models import Event
from deployments.models.events import Kind
from deployments.stream.history import Batch

#: Browsers come back after so many milliseconds.
OPENING = b"retry: 2000\n\n"
PING = b": ping\n\n"


def event_frame(event: Event, batch: Batch) -> bytes:
    """Output and notes are ``log``; changes of status and step are progress.

    ``status`` is the deployment's when the event was read, not when it happened.
    """
    name = "log" if event.kind in {Kind.LOG, Kind.NOTE} else "deployment_progress"
    return _frame(
        name,
        event.deployment_id,
        event.seq,
        kind=event.kind,
        step=event.step,
        state=event.state,
        text=event.text,
        created_at=event.created_at.isoformat().replace("+00:00", "Z"),
        status=batch.status,
    )


def end_frame(deployment_id: UUID, seq: int, status: str) -> bytes:
    """Nothing follows: close the connection, do not come back."""
    return _frame("end", deployment_id, seq, status=status)


def _frame(name: str, deployment_id: UUID, seq: int, **data: str) -> bytes:
    # JSON holds no bare line ends, so hostile output cannot begin a frame of its own.
    payload = json.dumps({"deployment_id": str(deployment_id), "seq": seq, **data})
    return f"event: {name}\nid: {seq}\ndata: {payload}\n\n".encode()
