"""One project's bare mirror on the console."""

import hashlib
from collections.abc import Callable, Generator, Sequence
from contextlib import closing, suppress
from pathlib import Path
from uuid import UUID

from deployments.engine.exceptions import CommandFailed, EngineError
from deployments.engine.git import upkeep
from deployments.engine.git.contents import Contents, contents
from deployments.engine.git.directory import GitDirectory
from deployments.engine.git.fetching import Fetch
from deployments.engine.git.limits import Limits
from deployments.engine.git.origin import Origin
from projects import syntax

BRANCHES = "refs/oec/branches"
#: What a mirror that cannot be read may be taken for.
SUSPICIOUS = frozenset({"commit_unavailable"})


class Mirror:
    """Commits that were fetched once stay: a reference of ours pins each release's.

    ``tick`` is called at least every 200 ms and ends the waiting by raising; what Git
    prints for people goes to ``log``.
    """

    def __init__(
        self,
        path: Path,
        *,
        limits: Limits | None = None,
        log: Callable[[bytes], None] = lambda _: None,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = path
        self._limits = limits or Limits()
        self._tick = tick
        self._git = GitDirectory(path, log=log, tick=tick)

    def has(self, commit: str) -> bool:
        """Whether ``commit``, 40 hex digits, is here."""
        _check_commit(commit)
        if not self._path.is_dir():
            return False
        code, _, _ = self._git.run("cat-file", "-e", f"{commit}^{{commit}}", quiet=True)
        return code == 0

    def fetch_branch(self, origin: Origin, branch: str) -> str:
        """Fetch ``branch`` and return the commit at its head.

        Raises EngineError git_unreachable, git_auth_failed, git_repository_not_found,
        git_branch_not_found, git_url_refused, git_redirected, git_repository_too_large,
        and over SSH also git_host_key_unknown, git_host_key_mismatch,
        git_deploy_key_missing, git_ssh_missing; otherwise CommandFailed.
        """
        _check_branch(branch, origin)
        # Flat, because a branch "a" and a later branch "a/b" exclude each other in Git.
        # By a digest, because on a disk names may be too long or differ in case alone.
        digest = hashlib.sha256(branch.encode()).hexdigest()
        reference = f"{BRANCHES}/{digest}"
        self._fetch(origin, f"+refs/heads/{branch}:{reference}", branch=branch)
        return self._git.read("rev-parse", "--verify", f"{reference}^{{commit}}")

    def fetch_commit(self, origin: Origin, commit: str) -> None:
        """Fetch one commit by name, which Git hosts allow to a varying degree.

        Raises as ``fetch_branch``, and EngineError commit_unavailable.
        """
        _check_commit(commit)
        self._fetch(origin, commit, commit=commit)

    def is_on_branch(self, commit: str, head: str) -> bool:
        """Whether ``commit`` is ``head`` or one of its ancestors."""
        if not self.has(commit):
            return False
        code, _, _ = self._git.run("merge-base", "--is-ancestor", commit, head)
        return code == 0

    def pin(self, commit: str, release_id: UUID) -> None:
        """Keep ``commit`` whatever becomes of the branch it came from."""
        reference = f"{upkeep.RELEASES}/{release_id}"
        upkeep.make_way(self._path, reference)
        self._git.read("update-ref", reference, commit)

    def subject(self, commit: str) -> str:
        """The first line of the commit's message."""
        return self._git.read("log", "-1", "--no-show-signature", "--format=%s", commit)

    def contents(self, commit: str) -> Contents:
        """What of the commit will not be as its authors have it.

        Raises EngineError git_too_many_files, git_lfs_unsupported and git_encrypted.
        """
        return contents(self._git, commit, most_files=self._limits.commit_files)

    def pack(self, commit: str, known: Sequence[str]) -> Generator[bytes]:
        """What ``commit`` needs and the ``known`` commits do not have, as a thin pack.

        Yields an empty chunk when there is nothing yet. Close the iterator to end Git.
        """
        present = self._present(known)
        wanted = [commit, *(f"^{base}" for base in present)]
        # A whole repository goes out as it came in; for the few objects of a change it
        # is worth looking for what they resemble.
        window = 10 if present else 0
        return self._git.stream(
            *("pack-objects", "--revs", "--thin", "--delta-base-offset"),
            *("--stdout", "-q", f"--window={window}"),
            request="".join(f"{line}\n" for line in wanted).encode(),
        )

    def _present(self, commits: Sequence[str]) -> list[str]:
        if not commits:
            return []
        request = "".join(f"{commit}\n" for commit in commits).encode()
        with closing(
            self._git.stream("cat-file", "--batch-check", request=request)
        ) as answer:
            text = b"".join(self._git.ticking(answer)).decode("ascii", "replace")
        lines = (line.split() for line in text.splitlines())
        return [name for name, kind, *_ in lines if kind == "commit"]

    def tidy(self) -> None:
        """Put right what ended processes left behind, unless somebody is at work."""
        with suppress(upkeep.Busy), upkeep.held(self._path, upkeep.leave):
            upkeep.tidy(self._path)
            if self._path.is_dir():
                upkeep.salvage(self._git)

    def renewed_after(self, failure: CommandFailed | EngineError) -> bool:
        """Whether the mirror was damaged, which ``failure`` may come from.

        It has then been made anew, with what could be read of the pinned commits.
        """
        if isinstance(failure, EngineError) and failure.code not in SUSPICIOUS:
            return False
        with upkeep.held(self._path, self._tick):
            if self._is_sound():
                return False
            upkeep.renew(self._git)
        return True

    def _is_sound(self) -> bool:
        """Reads every object: a damaged one is noticed where it is needed."""
        if not self._path.is_dir():
            return True
        code, _, _ = self._git.run("fsck", "--no-dangling", "--no-progress", quiet=True)
        return code == 0

    def _fetch(self, origin: Origin, refspec: str, **facts: str) -> None:
        with upkeep.held(self._path, self._tick):
            upkeep.tidy(self._path)
            Fetch(self._git, origin, refspec, limits=self._limits, **facts).run()


def _check_commit(commit: str) -> None:
    try:
        syntax.check_commit(commit)
    except ValueError as error:
        raise EngineError(
            "commit_unavailable", commit=commit, detail=str(error)
        ) from None


def _check_branch(branch: str, origin: Origin) -> None:
    try:
        syntax.check_branch(branch)
    except ValueError as error:
        raise EngineError(
            "git_branch_not_found", branch=branch, url=origin.url, detail=str(error)
        ) from None
