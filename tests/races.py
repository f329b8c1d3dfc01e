"""Many at once: real threads, real transactions."""

import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from django.db import connection

Result = TypeVar("Result")


def at_once(count: int, act: Callable[[int], Result]) -> list[Result | BaseException]:
    """Let ``count`` threads start ``act(number)`` together; what each came to.

    An exception is an outcome like any other. Every thread closes its connection.
    """
    barrier = threading.Barrier(count)

    def run(number: int) -> Result | BaseException:
        try:
            barrier.wait(timeout=30)
            return act(number)
        except Exception as error:  # noqa: BLE001 - the test judges it
            return error
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(run, range(count)))
