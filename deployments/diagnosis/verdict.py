"""From a failure to its diagnosis: by its code, or from what a command printed."""

import re
from dataclasses import replace

from deployments.diagnosis.catalogue import CATALOGUE
from deployments.diagnosis.model import Diagnosis, FailureClass, Rule
from deployments.diagnosis.order import RULES

OUTPUT_LIMIT = 64 * 1024
_EVIDENCE_LIMIT = 300
_FACT_LIMIT = 160
#: Of what was expected and what is there: they may be lists.
_LIST_LIMIT = 400
_SPARED = "The verify command failed; the version before was not touched."
_LISTS = frozenset({"expected", "actual"})

_TERMINAL_SEQUENCE = re.compile(
    r"\x1b(?:\[[0-9;?]{0,40}[ -/]{0,4}[@-~]|[@-Z]"
    r"|\][^\x07\x1b\n]{0,400}(?:\x07|\x1b\\))"
)
_LINE_END = re.compile(r"\r\n?|[\x0b\x0c\x85\u2028\u2029]")
#: An output quoted in another one, as JSON and Python write strings.
_QUOTED_LINE_END = re.compile(r"(?<!\\)(?:\\r)?\\n(?=[ A-Z]|[a-z]{1,20}: )")
#: BuildKit's own mark. Rules ask whether an image was being built, so where the mark
#: is taken away, one line at the end says so still.
_BUILDKIT_PREFIX = re.compile(r"^#\d{1,4} \d{1,6}\.\d{1,3} ", re.MULTILINE)
_IN_AN_IMAGE_BUILD = "\n#0 [image build]"
#: What other programs put before the lines of a tool: BuildKit (``#9 0.31 ``), docker
#: compose (``web-1  | ``), logs with the time, the system's journal, SSHKit.
_LINE_PREFIX = re.compile(
    r"^(?:(?:#\d{1,4} )?\d{1,6}\.\d{1,3} "
    r"|[A-Za-z][\w.-]{1,60} {0,40}\| "
    r"|\[?\d{4}-\d\d-\d\d[T ]\d\d:\d\d:\d\d[.,\d]{0,12} ?(?:Z|[+-]\d\d:?\d\d)?\]? "
    r"|[A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \S{1,60} \S{1,60}\[\d{1,8}\]: "
    r"| {0,4}(?:DEBUG|INFO) \[[0-9a-f]{8}\][ \t]{1,3}|[\w.-]{1,30} std(?:out|err): "
    r"|\[[\w.:-]{1,60}\] < |##\[error\]){1,3}",
    re.MULTILINE,
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x1f\x7f-\x9f]")
_OPTIONAL_PART = re.compile(r"\[([^\[\]]*)\]")
_PLACEHOLDER = re.compile(r"\{(\w+)\}")


def failure(code: str, **facts: object) -> Diagnosis:
    """The diagnosis of a failure that the engine recognized itself.

    Missing facts shorten the sentence; an unknown code is an ``internal_error``.
    """
    if code not in CATALOGUE:
        return failure("internal_error", detail=f"unknown failure code {code}")
    known = {
        name: _tidy(fact, _LIST_LIMIT if name in _LISTS else _FACT_LIMIT)
        for name, fact in facts.items()
    }
    return _diagnosis(code, known, evidence="")


def diagnose(step: str, exit_code: int | None, output: str) -> Diagnosis:
    """The diagnosis of a command that failed in ``step``.

    ``exit_code`` is None (or -1) when no result could be read. The first rule that
    holds decides; without one the failure stays ``command_failed``, or
    ``result_unknown`` when there was no result.
    """
    known = {"step": step}
    if exit_code is not None:
        known["exit_code"] = str(exit_code)
    recognized = recognize(step, exit_code, output)
    if recognized is None:
        code = "result_unknown" if exit_code in {None, -1} else "command_failed"
        return _diagnosis(code, known, evidence="")
    rule, match = recognized
    facts = {name: _tidy(fact) for name, fact in match.groupdict().items()}
    return _diagnosis(rule.code, known | facts, _line(match))


def with_words(failure: Diagnosis, step: str, words: str) -> Diagnosis:
    """``failure``, or the cause of it that the application's own ``words`` name.

    They are only asked where nothing else has told the cause.
    """
    if failure.failure_class != FailureClass.UNKNOWN:
        return failure
    cause = diagnose(step, 1, words) if words else failure
    if cause.failure_class == FailureClass.UNKNOWN:
        return failure
    sentence = f"{failure.message} The application's own log says why: {cause.message}"
    return replace(cause, message=sentence)


def diagnose_verification(exit_code: int | None, output: str) -> Diagnosis:
    """The diagnosis of a verify command that said no.

    A cause that is recognized keeps its code; the sentence says first what it spared.
    """
    if recognize("release", exit_code, output) is None:
        last = _plain(output[-OUTPUT_LIMIT:]).strip().rpartition("\n")[2]
        return failure("verify_failed", exit_code=exit_code, detail=last)
    cause = diagnose("release", exit_code, output)
    return replace(cause, message=f"{_SPARED} {cause.message}")


def recognize(
    step: str, exit_code: int | None, output: str
) -> tuple[Rule, re.Match[str]] | None:
    """The first rule that holds for the end of ``output``, and what it found there."""
    text = _plain(output[-OUTPUT_LIMIT:])
    for rule in RULES:
        match = rule.match(step, exit_code, text)
        if match:
            return rule, match
    return None


def _diagnosis(code: str, facts: dict[str, str], evidence: str) -> Diagnosis:
    entry = CATALOGUE[code]
    return Diagnosis(
        code=code,
        message=_sentence(entry.sentence, facts),
        failure_class=entry.failure_class,
        verb=entry.verb,
        evidence=evidence,
        probe=entry.probe,
        advice=entry.advice,
    )


def _sentence(template: str, facts: dict[str, str]) -> str:
    def fill(part: re.Match[str]) -> str:
        names = _PLACEHOLDER.findall(part[1])
        if not all(facts.get(name) for name in names):
            return ""
        return _PLACEHOLDER.sub(lambda name: facts[name[1]], part[1])

    return _OPTIONAL_PART.sub(fill, template)


def _plain(output: str) -> str:
    """Lines as the tool wrote them: no colours, no prefixes, one kind of line end."""
    text = _LINE_END.sub("\n", _TERMINAL_SEQUENCE.sub("", output))
    text = _QUOTED_LINE_END.sub("\n", text)
    if _BUILDKIT_PREFIX.search(text):
        text += _IN_AN_IMAGE_BUILD
    return _LINE_PREFIX.sub("", _CONTROL.sub("", text))


def _line(match: re.Match[str]) -> str:
    """The line where the match begins, shortened around it."""
    text = match.string
    first = match.start() + (match[0][:1] == "\n")
    start = text.rfind("\n", 0, first) + 1
    end = text.find("\n", first)
    line = text[start : end if end >= 0 else len(text)]
    return _shortened(line.strip(), around=first - start)


def _shortened(line: str, around: int) -> str:
    if len(line) <= _EVIDENCE_LIMIT:
        return line
    begin = max(0, min(around - 60, len(line) - _EVIDENCE_LIMIT))
    end = begin + _EVIDENCE_LIMIT
    before, after = "…" * (begin > 0), "…" * (end < len(line))
    return before + line[begin:end].strip() + after


def _tidy(fact: object, limit: int = _FACT_LIMIT) -> str:
    """A fact as part of a sentence: one line of bounded length."""
    words = " ".join(_CONTROL.sub("", "" if fact is None else str(fact)).split())
    words = words.rstrip(".,:;")
    return words if len(words) <= limit else words[: limit - 1] + "…"
