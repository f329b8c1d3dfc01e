"""SSH: keys, one connection, commands on it. Knows nothing of deployments."""

from deployments.ssh.connection import connect, scan_host_key
from deployments.ssh.host import Host
from deployments.ssh.keys import fingerprint, generate_key
from deployments.ssh.process import RemoteProcess
from deployments.ssh.target import Target

__all__ = [
    "Host",
    "RemoteProcess",
    "Target",
    "connect",
    "fingerprint",
    "generate_key",
    "scan_host_key",
]
