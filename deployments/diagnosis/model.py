"""The words of a diagnosis: failures, the rules that recognize them, the result."""

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache

STEPS = frozenset(
    "resolve connect prepare transfer build release activate check finish".split()
)

#: What a check of the server or of the Git host can look at.
PROBES = frozenset(
    "connection host_key authentication disk memory tools write_permission "
    "name_resolution clock docker registry port git_host git_access database".split()
)

#: What a sentence may mention, in the engine's failures and as a group of a pattern.
FACTS = frozenset(
    "host port username expected actual url branch commit holder since tool path "
    "free_bytes seconds step exit_code detail version line".split()
)


class FailureClass(StrEnum):
    """Where the cause lies, and so who can take it away."""

    EXTERNAL = "external"
    CODE = "code"
    CONFIGURATION = "configuration"
    UNKNOWN = "unknown"


class AdvisedVerb(StrEnum):
    """What to do once the advice was followed; NONE when that cannot be known."""

    RETRY = "retry"
    REDEPLOY = "redeploy"
    FIX_CONFIGURATION = "fix_configuration"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class Failure:
    """One entry of the catalogue.

    In ``sentence`` a part in square brackets is left out when a fact that it names
    is not known: ``The server[ {host}] is down.`` Facts stand only in such parts.
    """

    code: str
    title: str
    sentence: str
    advice: str
    failure_class: FailureClass
    verb: AdvisedVerb
    probe: str = ""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What is known about one failed deployment; ``evidence`` is the telling line."""

    code: str
    message: str
    failure_class: FailureClass
    verb: AdvisedVerb
    evidence: str
    probe: str
    advice: str


@dataclass(frozen=True, slots=True)
class Rule:
    """How tools print one failure.

    It holds when one of ``patterns`` is found, in one of ``steps`` (none: any), with
    one of ``exit_codes`` (none: any), ``beside`` is found too and ``unless`` is not.
    Named groups become facts of the failure's sentence.
    """

    code: str
    patterns: tuple[str, ...]
    steps: frozenset[str]
    exit_codes: frozenset[int]
    beside: str
    unless: str

    def match(
        self, step: str, exit_code: int | None, output: str
    ) -> re.Match[str] | None:
        if self.steps and step not in self.steps:
            return None
        if self.exit_codes and exit_code not in self.exit_codes:
            return None
        match = self._first(output)
        if match is None or (self.beside and not _search(self.beside, output)):
            return None
        return None if self.unless and _search(self.unless, output) else match

    def _first(self, output: str) -> re.Match[str] | None:
        matches = (_search(pattern, output) for pattern in self.patterns)
        return next(filter(None, matches), None)


def rule(
    code: str,
    *patterns: str,
    steps: str = "",
    exit_codes: tuple[int, ...] = (),
    beside: str = "",
    unless: str = "",
) -> Rule:
    """A rule from plain strings; ``^`` and ``$`` are the ends of a line.

    Gaps in a pattern are bounded (``.{0,80}``, never ``.*``), so that the work on
    hostile output stays proportional to its length.
    """
    return Rule(
        code=code,
        patterns=patterns,
        steps=frozenset(steps.split()),
        exit_codes=frozenset(exit_codes),
        beside=beside,
        unless=unless,
    )


@cache
def _expression(pattern: str) -> re.Pattern[str]:
    """Compiled when it is first needed: most processes never diagnose anything."""
    return re.compile(pattern, re.MULTILINE)


def _search(pattern: str, output: str) -> re.Match[str] | None:
    return _expression(pattern).search(output)


def external(
    code: str,
    title: str,
    sentence: str,
    advice: str,
    *,
    probe: str = "",
    verb: AdvisedVerb = AdvisedVerb.RETRY,
) -> Failure:
    """The same release will work once something around it was repaired."""
    return Failure(code, title, sentence, advice, FailureClass.EXTERNAL, verb, probe)


def in_code(code: str, title: str, sentence: str, advice: str) -> Failure:
    """The commit itself cannot work; only another commit helps, never a retry."""
    return Failure(
        code, title, sentence, advice, FailureClass.CODE, AdvisedVerb.REDEPLOY
    )


def configuration(
    code: str, title: str, sentence: str, advice: str, *, probe: str = ""
) -> Failure:
    """The frozen configuration cannot work; a retry would use it again."""
    return Failure(
        code,
        title,
        sentence,
        advice,
        FailureClass.CONFIGURATION,
        AdvisedVerb.FIX_CONFIGURATION,
        probe,
    )


def unknown(
    code: str, title: str, sentence: str, advice: str, *, probe: str = ""
) -> Failure:
    """The cause cannot be told, so no verb is recommended."""
    return Failure(
        code, title, sentence, advice, FailureClass.UNKNOWN, AdvisedVerb.NONE, probe
    )
