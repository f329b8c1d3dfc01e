"""Database reads of asynchronous code."""

import asyncio
from collections.abc import Callable
from typing import ParamSpec, TypeVar

from asgiref.sync import SyncToAsync, sync_to_async
from django.db import connection

P = ParamSpec("P")
T = TypeVar("T")


async def offload(read: Callable[P, T], *args: P.args, **kwargs: P.kwargs) -> T:
    """Run ``read`` in the threads that the process shares.

    Its connection is given back at once: a thousand viewers hold none while they wait.
    """

    def run() -> T:
        try:
            return read(*args, **kwargs)
        finally:
            let_go()

    return await asyncio.to_thread(run)


def let_go() -> None:
    """Give this thread's connection back, unless a transaction still needs it."""
    if not connection.in_atomic_block:
        connection.close()


async def end_request_thread() -> None:
    """End the thread in which this ASGI request's synchronous code ran, if it has one.

    Django keeps it until the response has ended, which for a stream is a long time;
    whatever still needs one, such as closing the response, gets a new one.
    """
    await sync_to_async(let_go)()
    context = SyncToAsync.thread_sensitive_context.get(None)
    if context is not None:
        executor = SyncToAsync.context_to_thread_executor.pop(context, None)
        if executor is not None:
            executor.shutdown(wait=False)
