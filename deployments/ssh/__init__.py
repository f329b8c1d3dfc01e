"""SSH: keys, one connection, commands on it. Knows nothing of deployments."""

from deployments.ssh.connection import connect, scan_host_key
from deployments.ssh.host import Host
from deployments.ssh.keys import fingerprint
from deployments.ssh.process import RemoteProcess
from deployments.ssh.sockets import resolve
from deployments.ssh.target import Target
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
