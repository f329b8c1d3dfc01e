"""Answers that are meant to differ from the recorded ones, until these are renewed."""

from fnmatch import fnmatchcase

#: From a pattern to the reason. It is matched against what the test prints: the file,
#: the request, who asked, and where in the answer; of the schema, the operation and
#: where in its description.
#:
#:     "schema: GET /api/v1/projects: operation": "The router names it so."
#:     "*: HEAD *": "A viewset answers HEAD where it answers GET."
DELIBERATE: dict[str, str] = {}


def is_deliberate(where: str) -> bool:
    return any(fnmatchcase(where, pattern) for pattern in DELIBERATE)


def outdated(name: str, seen: list[str]) -> list[str]:
    """Patterns for this file alone that match no difference (any more)."""
    return [
        pattern
        for pattern in DELIBERATE
        if pattern.startswith(f"{name}: ")
        and not any(fnmatchcase(where, pattern) for where in seen)
    ]
