"""Run every fault test on every back end, then say what is covered and what is not."""

import sys

import tests.__main__ as tests
from tests.faults import table

#: Most of a fault test is waiting until somebody notices.
PROCESSES = tests.PROCESSES * 3 // 2


def main() -> int:
    """The exit code of the tests; the table is printed even when one fails."""
    folder = str(table.FOLDER.relative_to(table.ROOT))
    arguments = [folder, "-m", "", *sys.argv[1:]]
    code = tests.main(arguments, processes=PROCESSES)
    print(table.summary(table.rows()))
    return code


if __name__ == "__main__":
    sys.exit(main())
