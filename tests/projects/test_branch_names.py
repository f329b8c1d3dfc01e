"""Git says which branch names there are; only what reads as another one is refused."""

import os
import subprocess

import pytest

from projects.syntax import check_branch

TAKEN = [
    "main",
    "feature/x",
    "feature/#123-cart",
    "fix(ui)",
    "feature/größe",
    "a%b",
    "feat/a&b",
    "v1.0!",
    "topic,one",
    "feature/ümlaut/日本語",
    "l'été",
    "100%",
    "user@host",
    "renovate/@types/node-20.x",
    "$(id)",
    "`id`",
    'a"b',
    "a;b|c<d>e",
    "{a,b}",
    "a/-b",
    "+x",
    "=x",
    "🚀",
    "a" * 200,
    "a.lock.b",
    "]",
    "refs/heads/x",
]
REFUSED = [
    "",
    "-lead",
    "a b",
    "a~b",
    "a^b",
    "a:b",
    "a?b",
    "a*b",
    "a[b",
    "a\\b",
    "a..b",
    "a@{b",
    "@",
    "HEAD",
    ".a",
    "a/.b",
    "a.",
    "wip.lock",
    "a.lock/b",
    "/a",
    "a/",
    "a//b",
    "a\tb",
    "a\x7fb",
]
#: Git takes these, but what is seen is not what is there.
MISLEADING = ["a\u202eb", "a\u2066b", "a\u200bb", "a\u2028b", "a\x85b", "a\ufeffb"]


def is_taken(name: str) -> bool:
    try:
        check_branch(name)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("name", TAKEN)
def test_what_git_takes_is_taken(name: str) -> None:
    assert is_taken(name)
    assert _git_takes(name)


@pytest.mark.parametrize("name", REFUSED)
def test_what_git_refuses_is_refused(name: str) -> None:
    assert not is_taken(name)
    assert not _git_takes(name) or name in {"@", "HEAD"}


@pytest.mark.parametrize("name", MISLEADING)
def test_a_name_that_reads_otherwise_than_it_is_is_refused(name: str) -> None:
    assert not is_taken(name)


@pytest.mark.parametrize("character", [chr(code) for code in range(1, 0x7F)])
def test_each_character_is_judged_as_git_does(character: str) -> None:
    for name in (f"a{character}b", f"a{character}", f"a/{character}b"):
        assert is_taken(name) == _git_takes(name), name


def _git_takes(name: str) -> bool:
    asked = subprocess.run(
        ["git", "check-ref-format", "--branch", name],
        capture_output=True,
        env={"PATH": os.environ["PATH"], "GIT_DIR": os.devnull},
        check=False,
    )
    return asked.returncode == 0
