"""One fetch into a mirror: all of it or nothing."""

from dataclasses import replace
from pathlib import Path

from deployments.engine.exceptions import CommandFailed, EngineError
from deployments.engine.git.directory import GitDirectory
from deployments.engine.git.failures import fetch_failure, redirection
from deployments.engine.git.limits import Growth, Limits, packs, remove_unfinished
from deployments.engine.git.origin import Origin


class Fetch:
    """``refspec`` from ``origin``; ``facts`` are told with a failure."""

    def __init__(
        self,
        directory: GitDirectory,
        origin: Origin,
        refspec: str,
        *,
        limits: Limits,
        **facts: str,
    ) -> None:
        self._directory = directory
        self._origin = origin
        self._refspec = refspec
        self._facts = facts
        self._growth = Growth(directory.path, limits.repository_bytes)

    def run(self) -> None:
        """Raises EngineError, or CommandFailed if Git failed in an unknown way."""
        ways = self._origin.ways()
        path = self._directory.path
        self._directory.read("init", "--quiet", "--bare", "--template=")
        before = packs(path)
        try:
            self._try(ways)
            self._growth.check()
        except EngineError as error:
            if error.code == "git_repository_too_large":
                self._give_back(before)
            raise
        finally:
            remove_unfinished(path)
        self._directory.run("gc", "--auto", "--quiet")

    def _try(self, ways: list[list[str]]) -> None:
        failure: EngineError | CommandFailed | None = None
        for way in ways:
            failure = self._failure(way)
            is_lost = isinstance(failure, EngineError) and (
                failure.code == "git_unreachable"
            )
            if not is_lost:
                break
        if failure:
            raise failure

    def _failure(self, way: list[str]) -> EngineError | CommandFailed | None:
        origin, directory = self._origin, self._directory
        with origin.opened(way, beside=directory.path) as access:
            code, _, complaints = directory.run(
                *("fetch", "--quiet", "--no-tags", "--no-write-fetch-head"),
                *("--no-auto-maintenance", "--no-recurse-submodules"),
                *("--end-of-options", origin.url, self._refspec),
                access=access,
                tick=self._growth.look,
            )
        if code == 0:
            return None
        place = {"url": origin.url, "host": origin.address.host}
        failure = fetch_failure(code, complaints, **place, **self._facts)
        if isinstance(failure, EngineError) and failure.code == "git_redirected":
            failure.facts["actual"] = self._redirection(way)
        return failure

    def _redirection(self, way: list[str]) -> str:
        """Where the Git host sends to, which Git tells only in its trace."""
        with self._origin.opened(way, beside=self._directory.path) as access:
            traced = {**access.variables, "GIT_TRACE_CURL": "1"}
            _, _, trace = self._directory.run(
                *("ls-remote", "--end-of-options", self._origin.url, "HEAD"),
                access=replace(access, variables=traced),
                quiet=True,
            )
        return redirection(trace)

    def _give_back(self, before: set[Path]) -> None:
        """Remove what this fetch brought: it was too much."""
        reference = self._refspec.partition(":")[2]
        if reference:
            self._directory.run("update-ref", "-d", reference)
        for file in packs(self._directory.path) - before:
            file.unlink(missing_ok=True)
        self._directory.run("prune", "--expire=now")
