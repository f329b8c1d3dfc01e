"""The troubleshooting page of the documentation, written from the catalogue.

Run ``python -m deployments.diagnosis.page > docs/troubleshooting.md`` to renew it.
"""

import sys
from collections.abc import Iterator

from deployments.diagnosis.catalogue import AREAS
from deployments.diagnosis.model import AdvisedVerb, Failure
from deployments.diagnosis.verdict import failure

_INTRODUCTION = """\
# Troubleshooting

Every failed deployment carries a code, one sentence, the class of its cause and the
verb that fits. This page lists all codes; it is generated from the catalogue that the
console itself uses.

| class | the cause lies | verb |
|---|---|---|
| external | outside the release: server, network, credentials, a service | **Retry**, \
once it is repaired |
| code | in the commit | push a fix, then **Redeploy** |
| configuration | in the environment's settings, which a retry would use again | \
correct them, then **Deploy** |
| unknown | nothing known was recognized | none: read the log first |

When a retry fails with the same code, the cause is still there. When it fails with
another code, it got further: treat the new cause, and retry again.
"""

_VERBS = {
    AdvisedVerb.RETRY: "Retry",
    AdvisedVerb.REDEPLOY: "Redeploy",
    AdvisedVerb.FIX_CONFIGURATION: "correct the settings, then Deploy",
    AdvisedVerb.NONE: "none",
}


def render() -> str:
    """The whole page as Markdown, ending with one line feed."""
    return "\n".join((_INTRODUCTION, *_sections()))


def _sections() -> Iterator[str]:
    for heading, failures in AREAS.items():
        yield f"## {heading}\n"
        for entry in failures:
            yield _entry(entry)


def _entry(entry: Failure) -> str:
    probe = f" · check: {entry.probe.replace('_', ' ')}" if entry.probe else ""
    return (
        f"### {entry.title}\n\n"
        f"`{entry.code}` · {entry.failure_class} · "
        f"{_VERBS[entry.verb]}{probe}\n\n"
        f"{failure(entry.code).message} {entry.advice}\n"
    )


if __name__ == "__main__":
    sys.stdout.write(render())
