"""Compare the answers with the recorded ones; ``--write`` records them anew."""

import os
import sys

import pytest

from tests.answers.recording import WRITE

if __name__ == "__main__":
    arguments = sys.argv[1:]
    if "--write" in arguments:
        arguments.remove("--write")
        os.environ[WRITE] = "1"
    sys.exit(pytest.main(["tests/answers", "-q", "-m", "", *arguments]))
