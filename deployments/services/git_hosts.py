"""Looking at the Git host of a project: the host key that it shows."""

from functools import partial

from django.conf import settings

from deployments import diagnosis
from deployments.engine import ssh
from deployments.engine.exceptions import EngineError
from deployments.engine.git import Origin
from deployments.exceptions import GitHostUnreachable
from oec.exceptions import InvalidInput
from projects import permissions
from projects.models import Project, User

RESOLVE_SECONDS = 5.0
#: What the same is when Git meets it in a deployment, if not ``git_unreachable``.
_GITS_CODES = {"ssh_algorithms": "git_algorithms"}


def fetch_git_host_key(project: Project, *, by: User) -> tuple[str, str]:
    """The key that the project's Git host shows now, as one line, and its fingerprint.

    Raises ``InvalidInput`` unless the project's address is one of SSH that may be
    spoken to, and ``GitHostUnreachable``. Accepting the key is a change of the project.
    """
    permissions.require_change(by, project)
    if not project.is_opened_by_key:
        raise InvalidInput(
            {"git_url": ["Only a Git host that is reached over SSH has a host key."]}
        )
    origin = Origin(
        project.git_url,
        allow_local=settings.ALLOW_LOCAL_GIT,
        allowed_hosts=tuple(settings.GIT_ALLOWED_HOSTS),
        resolve=partial(ssh.resolve, seconds=RESOLVE_SECONDS),
    )
    try:
        number, *_ = origin.numbers()
        line = ssh.scan_host_key(number, origin.address.port, like=project.git_host_key)
    except EngineError as error:
        raise _refusal(origin, error) from None
    return line, ssh.fingerprint(line)


def _refusal(origin: Origin, error: EngineError) -> InvalidInput | GitHostUnreachable:
    if error.code == "git_url_refused":
        return InvalidInput({"git_url": [error.facts["detail"]]})
    facts = {**error.facts, "host": origin.address.host}
    in_deployments = _GITS_CODES.get(error.code, "git_unreachable")
    sentences = [
        diagnosis.failure(code, **facts).message
        for code in dict.fromkeys([in_deployments, error.code])
    ]
    return GitHostUnreachable(
        " ".join([*sentences, "Its host key could not be fetched."]), reason=error.code
    )
