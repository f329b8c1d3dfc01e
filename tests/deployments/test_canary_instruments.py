"""What looks for secrets finds them, whatever was done to them on the way."""

import base64
import json
import subprocess
import sys
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest

from deployments.engine.ssh import generate_key
from tests import processes
from tests.deployments.canaries import Canaries, Watch, heart_of, new_text


def base64_of(before: str, text: str) -> str:
    return base64.b64encode(f"{before}{text}:more".encode()).decode()


WAYS: dict[str, Callable[[str], str]] = {
    "as it is": lambda text: f"x{text}y",
    "url": lambda text: urllib.parse.quote(f"a b{text}/", safe=""),
    "json": lambda text: json.dumps({"value": f'"{text}\n'}),
    **{f"base64 {before!r}": partial(base64_of, before) for before in ("", "u", "us")},
}


@pytest.mark.parametrize("way", WAYS.values(), ids=WAYS)
def test_a_canary_is_recognized(way: Callable[[str], str], canaries: Canaries) -> None:
    text = new_text()
    canaries.add("mine", text)
    canaries.add("other", new_text())
    assert canaries.found_in(way(text)) == {"mine"}
    assert canaries.found_in(way(new_text())) == set()


def test_the_watch_sees_arguments_and_files_that_are_there_for_a_moment(
    canaries: Canaries, tmp_path: Path
) -> None:
    visible, written = new_text(), new_text()
    canaries.add("shown", visible)
    canaries.add("written", written)
    with Watch(canaries, [tmp_path]) as watch:
        (tmp_path / "draft").write_text(written)
        program = [sys.executable, "-c", "import time; time.sleep(60)", visible]
        process = subprocess.Popen(program)
        try:
            processes.wait_until(lambda: len(watch.leaks) == 2, what="both are seen")
        finally:
            process.kill()
            process.wait()
    assert watch.leaks == {("process list", "shown"), (str(tmp_path), "written")}


def test_the_heart_of_a_key_is_no_part_of_its_public_half(canaries: Canaries) -> None:
    private, public = generate_key()
    canaries.add("key", heart_of(private))
    assert canaries.found_in(private) == {"key"}
    assert canaries.found_in(public) == set()
