"""What a commit holds that cannot be deployed as it is."""

import tempfile
from collections.abc import Iterable, Iterator
from contextlib import closing
from dataclasses import dataclass, field

from deployments.engine.exceptions import EngineError
from deployments.engine.git.access import Access
from deployments.engine.git.directory import GitDirectory

MOST_ATTRIBUTES = 1000
#: So much is looked into at most: of one file, and of all together.
LARGEST_BLOB_BYTES = 1024 * 1024
LOOKED_INTO_BYTES = 16 * 1024 * 1024
BEGINNING_BYTES = 64
_FILTER = b"filter"
_NO_FILTER = frozenset({b"unspecified", b"unset", b"set", b""})
_POINTER = (b"version https://git-lfs.github.com/spec/", b"version https://hawser.")
#: git-crypt, then what openssl writes for transcrypt, git-secret's kin, age and PGP.
_ENCRYPTED = (
    b"\0GITCRYPT\0",
    b"Salted__",
    b"U2FsdGVkX1",
    b"age-encryption.org/",
    b"-----BEGIN AGE ENCRYPTED FILE",
    b"-----BEGIN PGP MESSAGE",
)
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


@dataclass(frozen=True)
class Contents:
    """Fit to be shown: submodules, and the paths of files by the filter they have."""

    submodules: list[str]
    filters: dict[str, list[str]]


def contents(directory: GitDirectory, commit: str, *, most_files: int) -> Contents:
    """What of the commit will not be as its authors have it.

    Raises EngineError git_too_many_files, and with the path of such a file
    git_lfs_unsupported (only a pointer to it is in the repository) and git_encrypted.
    """
    tree = _read(directory, commit, most_files)
    filters: dict[str, list[str]] = {}
    if _mention_filters(directory, tree.attributes[:MOST_ATTRIBUTES]):
        files = _filtered(directory, commit)
        names = list(dict.fromkeys(file.object for file in files))
        beginnings = _beginnings(directory, names) if names else {}
        for file in files:
            _check(file, beginnings.get(file.object, b""), commit)
            if file.filter != "lfs":
                filters.setdefault(file.filter, []).append(file.path)
    return Contents(tree.submodules, filters)


def _check(file: "_Filtered", beginning: bytes, commit: str) -> None:
    """Judged by what the file holds: an attribute alone says nothing about it."""
    if beginning.startswith(_POINTER):
        raise EngineError("git_lfs_unsupported", path=file.path, commit=commit)
    if beginning.startswith(_ENCRYPTED):
        raise EngineError(
            "git_encrypted", path=file.path, detail=file.filter, commit=commit
        )


def _read(directory: GitDirectory, commit: str, most_files: int) -> _Tree:
    tree = _Tree()
    listing = directory.stream("ls-tree", "-r", "-z", "--full-tree", commit)
    with closing(listing):
        for entry in _fields(directory.ticking(listing)):
            tree.take(entry)
            if tree.files > most_files:
                raise EngineError("git_too_many_files", detail=f"{most_files:,}")
    return tree


def _mention_filters(directory: GitDirectory, objects: list[bytes]) -> bool:
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
            if _FILTER in text:
                return True
            end = text[-len(_FILTER) :]
    return False


@dataclass(frozen=True)
class _Filtered:
    filter: str
    path: str
    object: bytes


def _filtered(directory: GitDirectory, commit: str) -> list[_Filtered]:
    """The files with a filter, as Git itself understands the attributes."""
    with tempfile.TemporaryDirectory(prefix="oec-git-") as folder:
        # In an index, because there is no working copy.
        access = Access(variables={"GIT_INDEX_FILE": f"{folder}/index"})
        directory.read("read-tree", commit, access=access)
        listing = directory.stream("ls-files", "--stage", "-z", access=access)
        objects = dict(map(_staged, _fields(directory.ticking(listing))))
        answers = directory.stream(
            *("check-attr", "--cached", "-z", "--stdin", "filter"),
            access=access,
            request=b"".join(path + b"\0" for path in objects),
        )
        with closing(answers):
            fields = _fields(directory.ticking(answers))
            return [
                _Filtered(_printable(value), _printable(path), objects[path])
                for path, _, value in zip(fields, fields, fields, strict=False)
                if value not in _NO_FILTER and objects[path]
            ]


def _staged(entry: bytes) -> tuple[bytes, bytes]:
    """The path and the object of a file; a link is filtered by nobody."""
    facts, _, path = entry.partition(b"\t")
    mode, name, _ = facts.split(b" ")
    return path, name if mode.startswith(b"100") else b""


def _beginnings(directory: GitDirectory, objects: list[bytes]) -> dict[bytes, bytes]:
    """The first bytes of those blobs that are small enough to be looked into."""
    request = b"".join(name + b"\n" for name in objects)
    sizes = directory.stream("cat-file", "--batch-check", request=request)
    with closing(sizes):
        lines = b"".join(directory.ticking(sizes)).splitlines()
    chosen, room = list[bytes](), LOOKED_INTO_BYTES
    for name, _, size in map(bytes.split, lines):
        if int(size) <= min(room, LARGEST_BLOB_BYTES):
            room -= int(size)
            chosen.append(name)
    texts = directory.stream(
        "cat-file", "--batch", request=b"".join(name + b"\n" for name in chosen)
    )
    with closing(texts):
        return dict(_blobs(b"".join(directory.ticking(texts))))


def _blobs(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Each object's name and beginning, of what ``git cat-file --batch`` answers."""
    at = 0
    while at < len(data):
        end = data.index(b"\n", at)
        name, _, size = data[at:end].split(b" ")
        yield name, data[end + 1 : end + 1 + min(int(size), BEGINNING_BYTES)]
        at = end + 1 + int(size) + 1


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
