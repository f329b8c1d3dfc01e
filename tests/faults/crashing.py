"""A program of OEC that dies at an exact point, as if the machine had lost power.

``python -m tests.faults.crashing POINT MODULE ARGUMENTS…`` runs MODULE as ``python -m``
would, after replacing one function by one that ends the process with exit code 9.
"""

import os
import runpy
import sys
from collections.abc import Callable
from functools import wraps
from typing import Any, NoReturn
from unittest.mock import patch

import django
from django.db import transaction

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oec.settings")
django.setup()

from deployments import lifecycle, tasks  # noqa: E402 - needs the settings above
from deployments.engine.pipeline import shell  # noqa: E402

Function = Callable[..., Any]


def die(*_: object, **__: object) -> NoReturn:
    os._exit(9)


def after(function: Function) -> Function:
    """Do it, then die."""

    @wraps(function)
    def changed(*args: Any, **kwargs: Any) -> NoReturn:
        function(*args, **kwargs)
        die()

    return changed


def before_commit(function: Function) -> Function:
    """Do it, and die before anybody else can see that it was done."""

    @wraps(function)
    def changed(*args: Any, **kwargs: Any) -> NoReturn:
        with transaction.atomic():
            function(*args, **kwargs)
            die()

    return changed


POINTS = {
    "after_claim": (lifecycle, "claim", after),
    "after_switch": (shell, "_switch", after),
    "before_last_commit": (lifecycle, "succeed", before_commit),
    "after_last_commit": (lifecycle, "succeed", after),
    "before_ring": (tasks, "ring", lambda _: die),
}


def main(point: str, module: str, *arguments: str) -> None:
    place, name, change = POINTS[point]
    sys.argv = [module, *arguments]
    with patch.object(place, name, change(getattr(place, name))):
        runpy.run_module(module, run_name="__main__", alter_sys=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
