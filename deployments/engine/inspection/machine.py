"""What the server answered, as findings."""

import shlex
from collections.abc import Mapping

from deployments import diagnosis
from deployments.engine.commands import MINIMUM_FREE_BYTES
from deployments.engine.inspection.model import Finding, Probe, State

LITTLE_DISK_BYTES = 1024**3
LITTLE_MEMORY_BYTES = 256 * 1024**2
SKEW_WARNING_SECONDS = 5
SKEW_FAILED_SECONDS = 60

_IDLE = {
    "write_permission": "No enabled environment deploys here, so there is no path to "
    "write to yet.",
    "disk": "No enabled environment deploys here, so there is no deploy path to "
    "measure yet.",
    "registry": "No environment here names an image registry.",
}

Answer = Mapping[str, str]


def idle(probe: Probe) -> Finding | None:
    """The finding of a probe that has nothing to look at."""
    if probe.about or probe.name not in _IDLE:
        return None
    return Finding(probe.name, State.SKIPPED, _IDLE[probe.name])


def tools(answer: Answer) -> Finding:
    facts = {"missing": answer.get("missing", ""), "git": answer.get("git", "")}
    if facts["missing"]:
        cause = diagnosis.failure("tool_missing", tool=facts["missing"])
        sentence = f"{cause.message} {cause.advice}"
        return Finding("tools", State.FAILED, sentence, facts)
    sentence = f"Everything that a deployment needs is there, with {facts['git']}."
    return Finding("tools", State.OK, sentence, facts)


def clock(answer: Answer, *, asked_at: float, answered_at: float) -> Finding:
    """The server read its clock, in whole seconds, between these two moments."""
    now = _number(answer.get("now"))
    if now is None:
        return _unreadable("clock", "The server's clock could not be read.")
    behind = round(max(asked_at - (now + 1), 0.0))
    ahead = round(max(now - answered_at, 0.0))
    seconds = behind or ahead
    facts = {"skew_seconds": ahead - behind}
    if seconds <= SKEW_WARNING_SECONDS:
        return Finding(
            "clock", State.OK, "Server and console agree on the time.", facts
        )
    state = State.WARNING if seconds <= SKEW_FAILED_SECONDS else State.FAILED
    direction = "behind" if behind else "ahead of"
    return Finding(
        "clock",
        state,
        f"The server's clock is {seconds} s {direction} the console's. Switch time "
        "synchronization on (timedatectl set-ntp true) on the one that is wrong.",
        facts,
    )


def write_permission(probe: Probe, answer: Answer, username: str) -> Finding:
    path, at, detail = probe.about, answer.get("at", ""), answer.get("detail", "")
    facts = {"path": path, "looked_at": at, "detail": detail}
    if in_the_way := answer.get("in_the_way"):
        known = diagnosis.failure("current_not_a_link", path=in_the_way)
        sentence = f"{known.message} {known.advice}"
        return Finding(
            probe.name, State.FAILED, sentence, {**facts, "code": known.code}
        )
    if not detail:
        what = f"{username} can write to {path}."
        if at != path:
            what = f"{path} is not there yet; {username} can make it in {at}."
        return Finding(probe.name, State.OK, what, facts)
    account = shlex.quote(username)
    remedy = f"Give {path} to {username} on the server: chown -R {account} {path}."
    if at != path:
        remedy = f"Make {path} on the server and give it to {username}."
    sentence = f"{username} cannot write to {path}: {_sentence(detail)} {remedy}"
    return Finding(probe.name, State.FAILED, sentence, facts)


def disk(probe: Probe, answer: Answer) -> Finding:
    path, free = probe.about, _number(answer.get("free"))
    if "lacks" in answer:
        sentence = f"Not looked at {path}, because {answer['lacks']} is missing."
        return Finding(probe.name, State.SKIPPED, sentence, probe.facts)
    if free is None:
        sentence = f"How much is free at {path} could not be read."
        return _unreadable(probe.name, sentence, path=path)
    facts = {"path": path, "free_bytes": free}
    if free < MINIMUM_FREE_BYTES:
        state, remedy = State.FAILED, " No deployment can begin: free disk space."
    elif free < LITTLE_DISK_BYTES:
        state, remedy = State.WARNING, " A build may need more: free disk space."
    else:
        state, remedy = State.OK, ""
    return Finding(
        probe.name, state, f"{size(free)} are free at {path}.{remedy}", facts
    )


def memory(answer: Answer) -> Finding:
    available = _number(answer.get("available_kib"))
    total = _number(answer.get("total_kib"))
    if available is None or total is None:
        return _unreadable("memory", "The server does not tell how much memory it has.")
    facts = {"available_bytes": available * 1024, "total_bytes": total * 1024}
    what = f"{size(available * 1024)} of {size(total * 1024)} memory are available."
    if available * 1024 < LITTLE_MEMORY_BYTES:
        remedy = (
            " A build may be killed for want of memory: stop something, or add swap."
        )
        return Finding("memory", State.WARNING, what + remedy, facts)
    return Finding("memory", State.OK, what, facts)


def docker(answer: Answer, *, is_needed: bool) -> Finding:
    version, detail = answer.get("version", ""), answer.get("detail", "")
    facts = {"version": version, "is_needed": is_needed, "detail": detail}
    if version:
        sentence = f"Docker {version} answers."
        return Finding("docker", State.OK, sentence, facts)
    if "lacks" in answer:
        what = "Docker is not installed, or not where the deploying user finds it."
        remedy = "Install Docker Engine."
    else:
        cause = diagnosis.diagnose("prepare", 1, detail)
        what, remedy = _DOCKER.get(
            cause.code,
            (f"Docker does not answer: {_sentence(detail)}", _LOOK_AT_DOCKER),
        )
    if not is_needed:
        what += " No environment here needs it."
        return Finding("docker", State.SKIPPED, what, facts)
    return Finding("docker", State.FAILED, f"{what} {remedy}", facts)


def registry(probe: Probe, answer: Answer) -> Finding:
    facts = {"registry": probe.about, "detail": answer.get("detail", "")}
    if answer.get("reached"):
        sentence = f"The server reaches {probe.about}."
        return Finding(probe.name, State.OK, sentence, facts)
    if "lacks" in answer:
        sentence = (
            f"Whether the server reaches {probe.about} could not be tried: it has"
        )
        return Finding(
            probe.name,
            State.SKIPPED,
            f"{sentence} none of {answer['lacks']}.",
            facts,
        )
    return Finding(
        probe.name,
        State.FAILED,
        f"The server cannot reach {probe.about}: {_sentence(facts['detail'])} Check "
        "its name servers, firewall and proxy.",
        facts,
    )


def size(number: int) -> str:
    """Bytes as people read them: ``3.2 GiB``."""
    amount = float(number)
    for unit in ("bytes", "KiB", "MiB"):
        if amount < 1024:
            return f"{amount:.0f} {unit}"
        amount /= 1024
    return f"{amount:.1f} GiB"


_LOOK_AT_DOCKER = "Look at its log on the server: journalctl -u docker."
_DOCKER = {
    "docker_not_permitted": (
        "The deploying user may not use Docker.",
        "Add that user to the group docker on the server.",
    ),
    "docker_unavailable": (
        "Docker is installed, but its daemon does not answer.",
        "Start it on the server: systemctl enable --now docker.",
    ),
}


def _unreadable(name: str, sentence: str, **facts: str) -> Finding:
    return Finding(name, State.WARNING, sentence, facts)


def _number(text: str | None) -> int | None:
    is_number = text and text.isascii() and text.isdigit() and len(text) < 19
    return int(text) if text and is_number else None


def _sentence(detail: str) -> str:
    return detail.strip().rstrip(".") + "."
