"""Git over SSH: OpenSSH's client with a configuration, a key and a host key of ours.

They are private files beside the mirror that live as long as one fetch. What a killed
worker leaves behind is removed by the next fetch of the same project.
"""

import shlex
import shutil
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from deployments.engine.exceptions import EngineError
from deployments.engine.git.access import Access
from projects.syntax import GitAddress

LEFT_BEHIND_SECONDS = 600

_CONFIGURATION = """\
HostName {number}
HostKeyAlias {alias}
CheckHostIP no
StrictHostKeyChecking yes
UserKnownHostsFile "{folder}/known_hosts"
GlobalKnownHostsFile /dev/null
UpdateHostKeys no
IdentityFile "{folder}/key"
IdentitiesOnly yes
IdentityAgent none
PreferredAuthentications publickey
BatchMode yes
ForwardAgent no
ClearAllForwardings yes
PermitLocalCommand no
ControlMaster no
ControlPath none
RequestTTY no
ConnectTimeout 10
ServerAliveInterval 10
ServerAliveCountMax 3
"""


@contextmanager
def over_ssh(
    address: GitAddress, number: str, *, key: str, host_key: str, beside: Path
) -> Iterator[Access]:
    """``number`` is the IP address to connect to; ``key`` the private deploy key.

    Raises EngineError git_host_key_unknown, git_deploy_key_missing, git_ssh_missing.
    """
    _check(address, key, host_key)
    _remove_left_behind(beside)
    prefix = f"{beside.name}.ssh-"
    with tempfile.TemporaryDirectory(prefix=prefix, dir=beside.parent) as name:
        folder = Path(name)
        # No port: under an alias OpenSSH looks for the name alone.
        known = f"{address.host} {' '.join(host_key.split()[:2])}"
        configuration = _CONFIGURATION.format(
            number=number, alias=address.host, folder=name.replace("%", "%%")
        )
        _write(folder / "key", key.strip())
        _write(folder / "known_hosts", known)
        _write(folder / "configuration", configuration)
        command = shlex.join(["ssh", "-F", f"{name}/configuration"])
        yield Access(
            variables={
                "GIT_ALLOW_PROTOCOL": "ssh",
                "GIT_SSH_COMMAND": command,
                "GIT_SSH_VARIANT": "ssh",
            }
        )


def _check(address: GitAddress, key: str, host_key: str) -> None:
    facts = {"host": address.host, "port": address.port}
    if not host_key:
        raise EngineError("git_host_key_unknown", **facts)
    if not key:
        raise EngineError("git_deploy_key_missing", **facts)
    if shutil.which("ssh") is None:
        raise EngineError("git_ssh_missing", **facts)


def _write(file: Path, text: str) -> None:
    file.touch(mode=0o600)
    file.write_text(f"{text}\n")


def _remove_left_behind(beside: Path) -> None:
    for folder in beside.parent.glob(f"{beside.name}.ssh-*"):
        with suppress(FileNotFoundError):
            if folder.stat().st_mtime < time.time() - LEFT_BEHIND_SECONDS:
                shutil.rmtree(folder, ignore_errors=True)
