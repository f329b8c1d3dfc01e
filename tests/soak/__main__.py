"""Soak OEC: ``python -m tests.soak --minutes 20 --seed 7``; 1 when a promise broke."""

import argparse
import signal
import sys
import time
from typing import NoReturn

import django

from tests.soak import places


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--minutes", type=float, default=20)
    parser.add_argument("--seed", type=int, default=int(time.time()))
    arguments = parser.parse_args()
    place = places.choose()
    django.setup()
    # Only now are there models to import.
    from tests.soak.session import soak  # noqa: PLC0415

    print(f"A soak of {arguments.minutes:g} minutes, seed {arguments.seed}", flush=True)
    return soak(place, minutes=arguments.minutes, seed=arguments.seed)


def _end(number: int, _: object) -> NoReturn:
    raise KeyboardInterrupt


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main())
