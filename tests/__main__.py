"""Run the tests on every back end that is installed: ``python -m tests``.

Every test runs on the first of them: PostgreSQL and Redis where they are installed.
What is marked ``both_back_ends`` runs on SQLite as well. Arguments go to pytest.
``OEC_TEST_BACKEND`` chooses one back end for all: sqlite or postgres. With
``OEC_TEST_REQUIRE_ALL=1`` whatever is not installed, and every skipped test, is a
failure.
"""

import os
import signal
import subprocess
import sys
from typing import NoReturn

from tests import backends

#: Many tests wait for processes and servers, so more of them run at once than a small
#: machine has cores.
PROCESSES = max(6, os.cpu_count() or 1)
#: The 20 slowest are printed, so that nobody has to look for them.
SLOWEST = ("--durations=20", "--durations-min=2")
#: pytest's exit code when it found nothing to run.
NO_TESTS = 5


def main(arguments: list[str]) -> int:
    """Run pytest once for each back end and return the first bad exit code."""
    chosen = os.environ.get("OEC_TEST_BACKEND")
    names = [chosen] if chosen else list(backends.TITLES)
    lacking = {name: backends.missing(name) for name in names}
    for name in [name for name in names if lacking[name]]:
        print(
            f"Not run on {backends.TITLES[name]}: "
            f"{', '.join(lacking[name])} not installed."
        )
        if chosen or os.environ.get("OEC_TEST_REQUIRE_ALL"):
            return 1
    installed = [name for name in names if not lacking[name]]
    codes = [
        run(name, arguments, is_repeated=name != installed[0]) for name in installed
    ]
    return next((code for code in codes if code), 0)


def run(backend: str, arguments: list[str], *, is_repeated: bool) -> int:
    """Start one back end, run pytest on it in parallel, stop it.

    On every back end but the first, what is not marked for both is left out.
    """
    print(f"\n=== Tests on {backends.TITLES[backend]} ===", flush=True)
    command = [sys.executable, "-m", "pytest", *_in_parallel(arguments)]
    with backends.started(backend) as variables:
        environment = os.environ | variables
        if is_repeated:
            environment["OEC_TEST_REPEATED"] = "1"
        code = _wait_for(subprocess.Popen([*command, *arguments], env=environment))
    if code == NO_TESTS and not is_repeated:
        print(f"Nothing of it runs on {backends.TITLES[backend]}: choose another one.")
    had_nothing_to_repeat = is_repeated and code == NO_TESTS
    return 0 if had_nothing_to_repeat else code


def _in_parallel(arguments: list[str]) -> list[str]:
    """One test alone is over before several processes have begun."""
    is_one = any("::" in argument for argument in arguments)
    if is_one:
        return []
    return ["-n", str(PROCESSES), "--dist=worksteal", *SLOWEST]


def _wait_for(pytest: "subprocess.Popen[bytes]") -> int:
    try:
        return pytest.wait()
    except KeyboardInterrupt:
        # The terminal has sent it to pytest as well, which is cleaning up.
        return pytest.wait()
    except SystemExit:
        pytest.terminate()
        pytest.wait()
        raise


def _end(number: int, _: object) -> NoReturn:
    # An exception, unlike the signal itself, stops the servers on its way out.
    sys.exit(128 + number)


if __name__ == "__main__":
    signal.signal(signal.SIGTERM, _end)
    sys.exit(main(sys.argv[1:]))
