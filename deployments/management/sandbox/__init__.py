"""The sandbox server: one machine to deploy to, for the demo and for tests.

It speaks SSH on the loopback interface only, knows one key, and runs what it is told
for real, as the user who started it. Its root directory is a home, not a jail.
"""

from deployments.management.sandbox.machine import run
from deployments.management.sandbox.server import SandboxServer

__all__ = ["SandboxServer", "run"]
