"""TCP ports that one process of the tests has to itself until it ends."""

import errno
import random
import socket

#: Below the ports that systems hand out for outgoing connections (Linux: from 32768),
#: because such a connection would take a port between its choice and its use.
RANGE = range(12000, 32000)


def free_port() -> int:
    """A TCP port of the loopback address that nobody listens on or has been given.

    Whoever got it may close it and listen again as often as wanted: no other process
    of any test run on this machine gets it meanwhile.
    """
    for port in random.sample(RANGE, 1000):
        # A name in the abstract namespace belongs to one process and goes with it.
        reservation = socket.socket(socket.AF_UNIX)
        try:
            reservation.bind(f"\0oec-test-port-{port}")
            with socket.create_server(("127.0.0.1", port)):
                # Open from now on until the process ends, and the port with it.
                reservation.detach()
                return port
        except OSError as error:
            reservation.close()
            if error.errno != errno.EADDRINUSE:
                raise
    raise AssertionError("no free port")
