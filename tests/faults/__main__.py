"""Run every fault test on every back end, then say what is covered and what is not."""

import sys

import tests.__main__ as tests
from tests.faults import table


def main() -> int:
    """The exit code of the tests; the table is printed even when one fails."""
    folder = str(table.FOLDER.relative_to(table.ROOT))
    arguments = [folder, "-m", "", *sys.argv[1:]]
    code = tests.main(arguments)
    print(table.summary(table.rows()))
    return code


if __name__ == "__main__":
    sys.exit(main())
