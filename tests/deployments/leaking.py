"""A build that says every secret it was given, in every way that is masked."""

import base64
import json
import os
import shlex
import sys
import time
from collections.abc import Iterator
from urllib.parse import quote, quote_plus

VARIABLES = ("PASSWORD", "CERTIFICATE", "LICENCE")


def ways(value: str) -> Iterator[str]:
    yield value
    yield f"https://user:{quote(value, safe='')}@example.org/?q={quote_plus(value)}"
    yield json.dumps({"key": value})
    yield json.dumps(value, ensure_ascii=False).replace("/", "\\/")
    yield shlex.quote(value)
    for before in ("", "u", "user:"):
        data = f"{before}{value}".encode()
        yield base64.b64encode(data).decode()
        yield base64.urlsafe_b64encode(data).decode()
    yield base64.encodebytes(value.encode()).decode()


def say_in_pieces(value: str, pause: float) -> None:
    """So that no single write, packet or chunk holds the whole value."""
    for start in range(0, len(value), 7):
        sys.stdout.write(value[start : start + 7])
        sys.stdout.flush()
        time.sleep(pause)
    sys.stdout.write("\n")


def main() -> None:
    for name in VARIABLES:
        value = os.environ[name]
        for number, text in enumerate(ways(value)):
            sys.stdout.write(f"{name} {number}: {text}\n")
        say_in_pieces(value, 0.02)
        sys.stderr.write(f"{name}: {value}\n")
    if "fail" in sys.argv:
        # A message from which the name is picked out, and a part of it only.
        sys.exit(f"ModuleNotFoundError: No module named '{os.environ['PASSWORD']}'")


if __name__ == "__main__":
    main()
