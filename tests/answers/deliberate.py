"""Answers that are meant to differ from the recorded ones, until these are renewed."""

from fnmatch import fnmatchcase

#: From a pattern to the reason. It is matched against what the test prints: the file,
#: the request, who asked, and where in the answer; of the schema, the operation and
#: where in its description.
#:
#:     "schema: GET /api/v1/projects: operation": "The router names it so."
#:     "*: HEAD *": "A viewset answers HEAD where it answers GET."
DELIBERATE: dict[str, str] = {
    "environments: *.auto_deploy": "Nothing reads it yet: it is read only, and false.",
    'environments: * {"name": "new", "deploy_path": "/srv/shop/production"*': (
        "The same refusal for the same folder and for one inside the other."
    ),
    "projects: POST /projects/{wiki}/catch-up: *": "The route is new.",
    "schema: POST /api/v1/projects/{project_id}/catch-up: *": "The route is new.",
    "deployments: *.actions.rollback.*": "It said that there was no target where the "
    "verb found one: the rules that are shown are those that are applied.",
    "environments: *git_branch*": "Whatever Git takes as a branch is one here, too, "
    "and the refusal names what it does not take.",
    "environments: *body.detail": "It repeats that refusal.",
    "*: HEAD *": "A viewset answers HEAD where it answers GET.",
    "*.headers.Allow": "So HEAD is among what it says is allowed.",
    "*: OPTIONS *.body*": "It says of each method which fields it takes, and the name "
    "of an object instead of that of a function.",
    "schema: POST /api/v1/environments/{environment_id}/deployments: parameters*": (
        "Deploying took an Idempotency-Key already, which the description left out."
    ),
    "*.log_pruned_at*": "A log that was pruned is not an empty one.",
    "*.events_pruned_at*": "The same of the whole history.",
    "*other*: *": "A field that does not exist is refused; it was ignored.",
    "environments: PATCH *live_deployment*fingerprint_key*": "So is one of the row "
    "that nobody may see.",
    'deploy: POST *{"git_commit": ""}*': "Empty was the head of the branch.",
    "environments: PATCH *: *.updated_at": "What changes nothing is no change.",
    "environments: PATCH *auto_deploy*: *": "Likewise.",
    "environments: PATCH /environments/{production} {}: *": "Likewise.",
    "projects: PATCH *organization_id*": "Likewise.",
    "projects: PATCH /projects/{shop} {}: *": "Likewise.",
    'projects: PATCH *"git_token": ""*': "Empty removed a stored secret.",
    "*: POST *'not json'*": "An action that takes nothing takes no broken body either.",
    "history: * /deployments/{shop v7}/stream: *": "A wrong method is 405 as "
    "everywhere; it was a page about cookies.",
    "schema: POST /api/v1/auth/token/re*": "Signing out is new, and both say what "
    "they take as text.",
    "tokens: POST /auth/token/revoke*": "Signing out is new.",
    'tokens: POST /auth/token/refresh {"refresh": 5}*': "A number is no text.",
    'variables: PUT *{"value": null}*': "So a secret is read; it stays as it is.",
}


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
