"""One project's bare mirror on the console."""

from collections.abc import Callable, Generator, Sequence
from pathlib import Path
from uuid import UUID

from deployments.exceptions import CommandFailed, EngineError
from deployments.git.failures import fetch_failure
from deployments.git.origin import Origin, environment
from deployments.git.process import output_of, started
from projects import syntax

OUTPUT_LIMIT = 64 * 1024

# Nothing a repository brings along is run, and nothing goes on in the background.
_OPTIONS = (
    "-c",
    "core.hooksPath=/dev/null",
    "-c",
    "core.fsmonitor=false",
    "-c",
    "protocol.ext.allow=never",
    "-c",
    "submodule.recurse=false",
    "-c",
    "gc.autoDetach=false",
    "-c",
    "maintenance.autoDetach=false",
    "-c",
    "http.lowSpeedLimit=1000",
    "-c",
    "http.lowSpeedTime=30",
)


class Mirror:
    """Commits that were fetched once stay: a reference of ours pins each release's.

    ``tick`` is called at least every 200 ms and ends the waiting by raising; what Git
    prints for people goes to ``log``.
    """

    def __init__(
        self,
        path: Path,
        *,
        log: Callable[[bytes], None] = lambda _: None,
        tick: Callable[[], None] = lambda: None,
    ) -> None:
        self._path = path
        self._log = log
        self._tick = tick

    def has(self, commit: str) -> bool:
        """Whether ``commit``, 40 hex digits, is here."""
        _check_commit(commit)
        if not self._path.is_dir():
            return False
        code, _, _ = self._git("cat-file", "-e", f"{commit}^{{commit}}", quiet=True)
        return code == 0

    def fetch_branch(self, origin: Origin, branch: str) -> str:
        """Fetch ``branch`` and return the commit at its head.

        Raises EngineError git_unreachable, git_auth_failed, git_repository_not_found,
        git_branch_not_found or git_url_refused, otherwise CommandFailed.
        """
        _check_branch(branch, origin)
        # Flat, because a branch "a" and a later branch "a/b" exclude each other in Git.
        reference = f"refs/oec/branches/{branch.replace('/', '%')}"
        self._fetch(origin, f"+refs/heads/{branch}:{reference}", branch=branch)
        return self._read("rev-parse", "--verify", f"{reference}^{{commit}}")

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
        code, _, _ = self._git("merge-base", "--is-ancestor", commit, head)
        return code == 0

    def pin(self, commit: str, release_id: UUID) -> None:
        """Keep ``commit`` whatever becomes of the branch it came from."""
        self._read("update-ref", f"refs/oec/releases/{release_id}", commit)

    def subject(self, commit: str) -> str:
        """The first line of the commit's message."""
        return self._read("log", "-1", "--no-show-signature", "--format=%s", commit)

    def pack(self, commit: str, known: Sequence[str]) -> Generator[bytes]:
        """What ``commit`` needs and the ``known`` commits do not have, as a thin pack.

        Yields an empty chunk when there is nothing yet. Close the iterator to end Git.
        """
        wanted = [commit, *(f"^{one}" for one in self._present(known))]
        arguments = self._arguments(
            "pack-objects", "--revs", "--thin", "--delta-base-offset", "--stdout", "-q"
        )
        complaints = bytearray()
        request = "".join(f"{line}\n" for line in wanted).encode()
        with started(arguments, environment(), request) as process:
            yield from output_of(process, complaints.extend)
            code = process.wait()
        if code != 0:
            raise CommandFailed(code, complaints.decode("utf-8", "replace"))

    def _present(self, commits: Sequence[str]) -> list[str]:
        if not commits:
            return []
        request = "".join(f"{commit}\n" for commit in commits).encode()
        _, answer, _ = self._git("cat-file", "--batch-check", request=request)
        lines = (line.split() for line in answer.splitlines())
        return [name for name, kind, *_ in lines if kind == "commit"]

    def _fetch(self, origin: Origin, refspec: str, **facts: str) -> None:
        origin.check()
        self._path.parent.mkdir(parents=True, exist_ok=True)
        self._read("init", "--quiet", "--bare", "--template=")
        code, _, complaints = self._git(
            "fetch",
            "--quiet",
            "--no-tags",
            "--no-write-fetch-head",
            "--no-recurse-submodules",
            "--end-of-options",
            origin.url,
            refspec,
            origin=origin,
        )
        if code != 0:
            raise fetch_failure(code, complaints, url=origin.url, **facts)

    def _read(self, *arguments: str) -> str:
        code, output, complaints = self._git(*arguments)
        if code != 0:
            raise CommandFailed(code, complaints)
        return output.strip()

    def _git(
        self,
        *arguments: str,
        origin: Origin | None = None,
        request: bytes = b"",
        quiet: bool = False,
    ) -> tuple[int, str, str]:
        """Exit code, output and complaints; the latter are also logged as they come."""
        complaints = bytearray()

        def complain(data: bytes) -> None:
            complaints.extend(data)
            if not quiet:
                self._log(data)

        options = origin.options() if origin else []
        variables = origin.environment() if origin else environment()
        output = bytearray()
        with started(
            [*options, *self._arguments(*arguments)], variables, request
        ) as process:
            for chunk in output_of(process, complain):
                output.extend(chunk)
                self._tick()
            code = process.wait()
        return code, _text(output), _text(complaints[-OUTPUT_LIMIT:])

    def _arguments(self, *arguments: str) -> list[str]:
        return [*_OPTIONS, f"--git-dir={self._path}", *arguments]


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


def _text(data: bytes | bytearray) -> str:
    return data.decode("utf-8", "replace")
