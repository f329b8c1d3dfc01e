"""What a repository brings along: nothing of it leaves its directory or is run."""

import os
from pathlib import Path

import pytest

from deployments.diagnosis import diagnose
from deployments.engine.exceptions import CommandFailed, EngineError
from deployments.engine.git import Limits
from tests.deployments.engine.lab import Lab
from tests.deployments.engine.repository import Repository, git

POINTER = (
    "version https://git-lfs.github.com/spec/v1\n"
    "oid sha256:4d7a214614ab2935c943f9e0ff69d22eadbb8f32b1258daaa5e2ca24d17e2393\n"
    "size 12345\n"
)
COMMIT = "1f0c5d7a9b3e4f6081a2b3c4d5e6f708192a3b4c"


def add_submodule(repository: Repository, path: str, url: str) -> None:
    """As somebody with bad intentions does it: without asking ``git submodule``."""
    (repository.path / ".gitmodules").write_text(
        f'[submodule "{path}"]\n\tpath = {path}\n\turl = {url}\n'
    )
    entry = f"160000,{COMMIT},{path}"
    git(repository.path, "add", ".gitmodules")
    git(repository.path, "update-index", "--add", "--cacheinfo", entry)
    git(repository.path, "commit", "--quiet", "-m", "Add a submodule")


@pytest.mark.parametrize(
    ("attributes", "file"),
    [
        (".gitattributes", "logo.psd"),
        ("deep/down/.gitattributes", "deep/down/a/logo.psd"),
    ],
)
def test_a_file_in_git_lfs_is_refused_before_anything_is_sent(
    lab: Lab, origin: Repository, attributes: str, file: str
) -> None:
    text = "*.psd filter=lfs diff=lfs merge=lfs -text\n"
    origin.commit("Add a logo", {attributes: text, file: POINTER})

    refused = lab.deploy()

    assert refused.code == "git_lfs_unsupported"
    assert isinstance(refused.error, EngineError)
    assert refused.error.facts["path"] == file
    assert refused.started == ["resolve"]
    assert refused.resolved, "it is known which commit this is about"
    assert not lab.path.exists()


@pytest.mark.parametrize(
    "attributes",
    ["*.psd filter=lfs\n", "# *.txt filter=lfs\n", "*.txt filter=lfs\n*.txt -filter\n"],
)
def test_attributes_that_apply_to_no_file_do_no_harm(
    lab: Lab, origin: Repository, attributes: str
) -> None:
    origin.commit("Prepare", {".gitattributes": attributes, "a.txt": "a\n"})
    lab.succeed()
    assert lab.file("a.txt") == "a\n"


def test_a_file_that_is_no_pointer_is_deployed_whatever_its_attribute_says(
    lab: Lab, origin: Repository
) -> None:
    attributes = "*.psd filter=lfs diff=lfs merge=lfs -text\n"
    origin.commit("Add a logo", {".gitattributes": attributes, "a.psd": "a picture\n"})
    lab.succeed()
    assert lab.file("a.psd") == "a picture\n"


@pytest.mark.parametrize(
    "content",
    [b"\0GITCRYPT\0abcdef", b"Salted__abcdefgh", b"U2FsdGVkX1+abcdef\n"],
)
@pytest.mark.parametrize("macro", [False, True])
def test_an_encrypted_file_is_refused_before_anything_is_sent(
    lab: Lab, origin: Repository, content: bytes, macro: bool
) -> None:
    attributes = "secret.key filter=crypt diff=crypt\n"
    if macro:
        attributes = "[attr]hidden filter=crypt\nsecret.key hidden\n"
    (origin.path / "secret.key").write_bytes(content)
    origin.commit("Hide", {".gitattributes": attributes})

    refused = lab.deploy()

    assert refused.code == "git_encrypted"
    assert isinstance(refused.error, EngineError)
    assert refused.error.facts["path"] == "secret.key"
    assert refused.error.facts["detail"] == "crypt"
    assert refused.started == ["resolve"]


def test_a_filter_that_is_not_run_is_named_with_its_files(
    lab: Lab, origin: Repository
) -> None:
    attributes = "*.ipynb filter=nbstripout\n"
    names = {f"{name}.ipynb": "{}" for name in "ab"}
    origin.commit("Notebooks", {".gitattributes": attributes, **names})
    assert (
        "The Git filter nbstripout is not run; deployed as they are stored: "
        "a.ipynb, b.ipynb." in lab.succeed().notes
    )


def test_an_encrypted_file_without_a_filter_is_the_applications_own(
    lab: Lab, origin: Repository
) -> None:
    (origin.path / "backup.enc").write_bytes(b"Salted__abcdefgh")
    origin.commit("Keep a backup", {})
    lab.succeed()


def test_a_submodule_is_named_and_stays_an_empty_directory(
    lab: Lab, origin: Repository
) -> None:
    add_submodule(origin, "vendor/theme", "https://git.example.org/theme.git")
    deployment = lab.succeed()
    assert "Submodules are not fetched: vendor/theme." in deployment.notes
    assert list((lab.path / "current" / "vendor" / "theme").iterdir()) == []


@pytest.mark.parametrize(
    ("path", "url"),
    [
        ("theme", "-u./hacked"),
        ("theme", "ext::sh -c 'touch hacked'"),
        ("theme\r", "https://git.example.org/theme.git"),
    ],
)
def test_a_hostile_submodule_is_not_looked_at(
    lab: Lab, origin: Repository, path: str, url: str, tmp_path: Path
) -> None:
    """A carriage return at the end of a path: CVE-2025-48384."""
    add_submodule(origin, path, url)
    deployment = lab.succeed()
    (note,) = (note for note in deployment.notes if note.startswith("Submodules"))
    assert note.isprintable()
    assert list((lab.path / "current" / path).iterdir()) == []
    assert not list(tmp_path.rglob("hacked"))


def test_many_submodules_are_counted(lab: Lab, origin: Repository) -> None:
    for number in range(13):
        entry = f"160000,{COMMIT},vendor/{number:02}"
        git(origin.path, "update-index", "--add", "--cacheinfo", entry)
    git(origin.path, "commit", "--quiet", "-m", "Add submodules")
    notes = lab.succeed().notes
    assert any(note.endswith("vendor/09 and 3 more.") for note in notes)


def test_links_lead_where_they_like_but_nothing_is_written_through_them(
    lab: Lab, origin: Repository, tmp_path: Path
) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    for name in ("REVISION", "config", "release"):
        (origin.path / name).symlink_to(outside)
    origin.commit("Lead astray", {})

    lab.succeed()
    origin.commit("Once more", {"b.txt": "b\n"})
    second = lab.succeed()

    assert list(outside.iterdir()) == []
    assert lab.file("REVISION").strip() == second.commit
    assert (lab.path / "current" / "config").is_symlink()


def test_a_link_and_a_directory_of_one_name_are_not_followed(
    lab: Lab, origin: Repository, tmp_path: Path
) -> None:
    """Git writes such a tree when it is told to."""
    outside = tmp_path / "outside"
    outside.mkdir()
    commit = _tree_of_two(origin, "way", str(outside))
    git(origin.path, "update-ref", "refs/heads/main", commit)

    deployment = lab.deploy()

    assert deployment.error is None
    assert list(outside.iterdir()) == []


@pytest.mark.parametrize("name", [".git", "..", ".GIT"])
def test_a_name_that_would_leave_the_release_is_refused(
    lab: Lab, origin: Repository, name: str
) -> None:
    blob = _written(origin, "blob", b"hooked\n")
    inner = _written(origin, "tree", b"100644 config\0" + bytes.fromhex(blob))
    outer = b"40000 " + name.encode() + b"\0" + bytes.fromhex(inner)
    tree = _written(origin, "tree", outer)
    commit = git(origin.path, "commit-tree", "-m", "Leave", tree)
    git(origin.path, "update-ref", "refs/heads/main", commit)

    failed = lab.deploy()

    assert isinstance(failed.error, CommandFailed)
    diagnosis = diagnose("transfer", failed.error.exit_code, failed.error.output)
    assert diagnosis.code == "git_path_invalid"
    assert lab.live == ""
    assert not list(lab.path.glob("releases/**/config"))


def test_names_with_line_ends_and_quotes_are_only_names(
    lab: Lab, origin: Repository, tmp_path: Path
) -> None:
    names = ["a\nb", "c'd\"e", "$(touch hacked)", "-rf", "oec:\tready", "é\t\x1b[2J"]
    origin.commit("Odd names", dict.fromkeys(names, "x\n"))
    lab.succeed()
    lab.succeed()
    assert set(os.listdir(lab.path / "current")) >= set(names)
    assert not list(tmp_path.rglob("hacked"))


def test_filters_and_hooks_of_a_repository_never_run(
    lab: Lab, origin: Repository, tmp_path: Path
) -> None:
    origin.commit(
        "Filter",
        {
            ".gitattributes": "* filter=evil ident\n",
            ".gitconfig": f'[filter "evil"]\n\tsmudge = touch {tmp_path}/hacked\n',
            "hooks/post-checkout": f"#!/bin/sh\ntouch {tmp_path}/hacked\n",
            "a.txt": "a\n",
        },
    )
    hook = origin.path / ".git" / "hooks" / "pre-auto-gc"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\ntouch {tmp_path}/hacked\n")
    hook.chmod(0o755)

    lab.succeed()

    assert lab.file("a.txt") == "a\n"
    assert not (tmp_path / "hacked").exists()
    assert not list(lab.mirror.glob("hooks/*"))


def test_a_commit_of_too_many_files_is_refused(lab: Lab, origin: Repository) -> None:
    origin.commit("Many", {f"file-{number}": "x\n" for number in range(20)})
    refused = lab.deploy(git_limits=Limits(commit_files=20))
    assert refused.code == "git_too_many_files"
    assert refused.started == ["resolve"]
    assert lab.deploy(git_limits=Limits(commit_files=21)).error is None


def _tree_of_two(origin: Repository, name: str, target: str) -> str:
    link = _written(origin, "blob", target.encode())
    blob = _written(origin, "blob", b"hooked\n")
    inner = _written(origin, "tree", b"100644 file\0" + bytes.fromhex(blob))
    entries = b"120000 " + name.encode() + b"\0" + bytes.fromhex(link)
    entries += b"40000 " + name.encode() + b"\0" + bytes.fromhex(inner)
    tree = _written(origin, "tree", entries)
    return git(origin.path, "commit-tree", "-m", "Two of one name", tree)


def _written(origin: Repository, kind: str, content: bytes) -> str:
    """Store an object that Git itself would not make."""
    file = origin.path.parent / "object"
    file.write_bytes(content)
    return git(origin.path, "hash-object", "-w", "--literally", "-t", kind, str(file))
