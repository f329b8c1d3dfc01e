"""The demo's web project: a real Git repository, made from ``commits/``."""

import os
import shutil
import subprocess
from pathlib import Path

COMMITS = Path(__file__).with_name("commits")
AUTHOR = "Bea Baker"
EMAIL = "bea@bakery.example"
#: The demo shall not depend on how the person who runs it has set up Git.
ENVIRONMENT = {
    "GIT_CONFIG_NOSYSTEM": "1",
    "GIT_CONFIG_GLOBAL": os.devnull,
    "GIT_AUTHOR_NAME": AUTHOR,
    "GIT_AUTHOR_EMAIL": EMAIL,
    "GIT_COMMITTER_NAME": AUTHOR,
    "GIT_COMMITTER_EMAIL": EMAIL,
}


def create(repository: Path) -> None:
    """Make ``repository`` with one commit per folder, each laid over the one before."""
    draft = repository.with_name(f"{repository.name}.new")
    shutil.rmtree(draft, ignore_errors=True)
    draft.mkdir(parents=True)
    _git(draft, "init", "--quiet")
    _git(draft, "symbolic-ref", "HEAD", "refs/heads/main")
    for folder in sorted(COMMITS.iterdir()):
        _commit(draft, folder)
    draft.rename(repository)


def commits(repository: Path) -> list[str]:
    """The full names of the commits on the branch, oldest first."""
    return _git(repository, "rev-list", "--reverse", "main").split()


def _commit(repository: Path, folder: Path) -> None:
    shutil.copytree(
        folder,
        repository,
        dirs_exist_ok=True,
        ignore=shutil.ignore_patterns("MESSAGE", "__pycache__"),
    )
    _git(repository, "add", "--all")
    _git(repository, "commit", "--quiet", "--file", str(folder / "MESSAGE"))


def _git(repository: Path, *arguments: str) -> str:
    return subprocess.run(
        ["git", "-C", str(repository), *arguments],
        env=os.environ | ENVIRONMENT,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout
