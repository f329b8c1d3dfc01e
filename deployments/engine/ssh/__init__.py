"""SSH: keys, one connection, commands on it. Knows nothing of deployments."""

from deployments.engine.ssh.connection import connect, scan_host_key
from deployments.engine.ssh.host import Host
from deployments.engine.ssh.keys import fingerprint
from deployments.engine.ssh.process import RemoteProcess
from deployments.engine.ssh.sockets import resolve
from deployments.engine.ssh.target import Target
from projects.keys import generate_key

__all__ = [
    "Host",
    "RemoteProcess",
    "Target",
    "connect",
    "fingerprint",
    "generate_key",
    "resolve",
    "scan_host_key",
]
