"""Trying again, where trying again cannot do anything twice."""

from collections.abc import Callable, Collection, Sequence
from typing import TypeVar

from deployments.engine.exceptions import EngineError
from deployments.engine.pipeline.watch import Watch

NETWORK_CODES = frozenset(
    {"connect_refused", "connect_timeout", "no_route", "connection_lost"}
)

T = TypeVar("T")


def repeated(
    action: Callable[[], T],
    *,
    codes: Collection[str],
    pauses: Sequence[float],
    watch: Watch,
) -> T:
    """The result of ``action``, tried once more after each pause if it failed so.

    ``codes`` are those of the EngineErrors that may pass by themselves.
    """
    for pause in pauses:
        try:
            return action()
        except EngineError as error:
            if error.code not in codes:
                raise
        watch.pause(pause)
    return action()
