"""What a commit holds that cannot be deployed as it is."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

from deployments.engine.exceptions import EngineError
from deployments.engine.git.access import Access
from deployments.engine.git.directory import GitDirectory

MOST_ATTRIBUTES = 1000
_LFS = b"filter=lfs"
_SUBMODULE = b"160000"


@dataclass
class _Tree:
    files: int = 0
    submodules: list[str] = field(default_factory=list)
    attributes: list[bytes] = field(default_factory=list)

    def take(self, entry: bytes) -> None:
        """One entry of ``git ls-tree -z``: mode, kind and object, a tab, the path."""
        facts, _, path = entry.partition(b"\t")
        mode, _, name = facts.split(b" ")
        self.files += 1
        if mode == _SUBMODULE:
            self.submodules.append(_printable(path))
        elif path.rpartition(b"/")[2] == b".gitattributes":
            self.attributes.append(name)


def submodules(directory: GitDirectory, commit: str, *, most_files: int) -> list[str]:
    """The paths of the commit's submodules, fit to be shown.

    Raises EngineError git_too_many_files, and git_lfs_unsupported with the path of a
    file that is not in the repository but in Git LFS.
    """
    tree = _read(directory, commit, most_files)
    is_suspect = _mention_lfs(directory, tree.attributes[:MOST_ATTRIBUTES])
    if is_suspect and (path := _lfs_file(directory, commit)):
        raise EngineError("git_lfs_unsupported", path=path, commit=commit)
    return tree.submodules


def _read(directory: GitDirectory, commit: str, most_files: int) -> _Tree:
    tree = _Tree()
    listing = directory.stream("ls-tree", "-r", "-z", "--full-tree", commit)
    with closing(listing):
        for entry in _fields(directory.ticking(listing)):
            tree.take(entry)
            if tree.files > most_files:
                raise EngineError("git_too_many_files", detail=f"{most_files:,}")
    return tree


def _mention_lfs(directory: GitDirectory, objects: list[bytes]) -> bool:
    """Whether it is worth asking Git what these .gitattributes files mean."""
    if not objects:
        return False
    texts = directory.stream(
        "cat-file", "--batch", request=b"".join(name + b"\n" for name in objects)
    )
    end = b""
    with closing(texts):
        for chunk in directory.ticking(texts):
            text = end + chunk
            if _LFS in text:
                return True
            end = text[-len(_LFS) :]
    return False


def _lfs_file(directory: GitDirectory, commit: str) -> str:
    """A file in Git LFS, if there is one, as Git itself understands the attributes."""
    with tempfile.TemporaryDirectory(prefix="oec-git-") as folder:
        # In an index, because there is no working copy.
        access = Access(variables={"GIT_INDEX_FILE": f"{folder}/index"})
        directory.read("read-tree", commit, access=access)
        listing = directory.stream("ls-files", "-z", access=access)
        answers = directory.stream(
            *("check-attr", "--cached", "-z", "--stdin", "filter"),
            access=access,
            request=b"".join(directory.ticking(listing)),
        )
        with closing(answers):
            fields = _fields(directory.ticking(answers))
            for path, _, value in zip(fields, fields, fields, strict=False):
                if value == b"lfs":
                    return _printable(path)
    return ""


def _fields(chunks: Iterable[bytes]) -> Iterator[bytes]:
    """What ends with NUL characters."""
    rest = b""
    for chunk in chunks:
        *whole, rest = (rest + chunk).split(b"\0")
        yield from whole


def _printable(path: bytes) -> str:
    """A path may hold line ends and whatever else moves a terminal's cursor."""
    text = path.decode("utf-8", "replace")
    return "".join(char if char.isprintable() else "�" for char in text)
