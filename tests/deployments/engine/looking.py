"""One look at a server, and one finding among those it made."""

from deployments.engine import inspection
from deployments.engine.inspection import Finding, State, Subject

OK, WARNING, FAILED, SKIPPED = State.OK, State.WARNING, State.FAILED, State.SKIPPED


def look(subject: Subject) -> list[Finding]:
    findings: list[Finding] = []
    inspection.inspect(subject, findings.append)
    return findings


def only(findings: list[Finding], name: str) -> Finding:
    (finding,) = [finding for finding in findings if finding.name == name]
    return finding


def states(findings: list[Finding]) -> dict[str, State]:
    return {finding.name: finding.state for finding in findings}
