"""The SSH side: connections, the one authorized key, exec requests and nothing else."""

import logging
import os
import socket
import sys
import threading
from pathlib import Path
from types import TracebackType
from typing import Self, cast

import paramiko
from paramiko.common import (
    AUTH_FAILED,
    AUTH_SUCCESSFUL,
    MSG_CHANNEL_REQUEST,
    OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED,
    OPEN_SUCCEEDED,
)

from deployments.management.sandbox import session

HOST = "127.0.0.1"
BACKLOG = 128
STOP_CHECK_SECONDS = 0.2

logger = logging.getLogger(__name__)


class SandboxServer:
    """Serves SSH on a loopback port from ``start`` to ``stop``; also a context manager.

    ``root`` is made when missing and is home and working directory of every command.
    ``host_key`` is a private key file, ``authorized_key`` holds one public key line.
    ``port`` 0 chooses a free one; the attribute of that name tells which.
    Raises OSError when the port is taken or a file cannot be read.
    """

    def __init__(
        self, root: Path, host_key: Path, authorized_key: Path, port: int = 0
    ) -> None:
        self.root = root.resolve()
        self.port = port
        self._host_key = paramiko.PKey.from_path(host_key)
        self._authorized_blob = authorized_key.read_text().split()[1]
        self._stopping = threading.Event()
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._transports: set[paramiko.Transport] = set()

    def start(self) -> None:
        """Listen; connections are served by threads of their own."""
        self.root.mkdir(parents=True, exist_ok=True)
        self._listener = socket.create_server((HOST, self.port), backlog=BACKLOG)
        self._listener.settimeout(STOP_CHECK_SECONDS)
        self.port = self._listener.getsockname()[1]
        self._acceptor.start()

    def stop(self) -> None:
        """Stop listening and close every connection; commands are left alone."""
        self._stopping.set()
        self._acceptor.join()
        self._listener.close()
        for transport in self._transports:
            transport.close()

    def __enter__(self) -> Self:
        self.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.stop()

    def _accept(self) -> None:
        while not self._stopping.is_set():
            try:
                connection, _ = self._listener.accept()
            except TimeoutError:
                continue
            except OSError:
                logger.exception("cannot accept a connection")
                self._stopping.wait(STOP_CHECK_SECONDS)
                continue
            self._transports = {t for t in self._transports if t.is_alive()}
            self._transports.add(self._serve(connection))

    def _serve(self, connection: socket.socket) -> paramiko.Transport:
        connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        transport = _Transport(connection)
        transport.add_server_key(self._host_key)
        # An event makes start_server return at once; the handshake goes on by itself.
        transport.start_server(
            event=threading.Event(),
            server=_Connection(self.root, self._authorized_blob),
        )
        return transport


def environment(root: Path) -> dict[str, str]:
    """What a command sees: a minimal login environment with this console's tools.

    The directory of this interpreter comes last in PATH, so that ``python3`` exists
    even where the system has none.
    """
    path = os.environ.get("PATH", os.defpath)
    return {
        "HOME": str(root),
        "PATH": os.pathsep.join([path, str(Path(sys.executable).parent)]),
        "SHELL": "/bin/sh",
        "USER": "sandbox",
        "LOGNAME": "sandbox",
        "LANG": "C.UTF-8",
    }


class _Connection(paramiko.ServerInterface):
    """What one client may do: sign in with the one key, then run commands."""

    def __init__(self, root: Path, authorized_blob: str) -> None:
        self._root = root
        self._authorized_blob = authorized_blob
        self._granted: list[tuple[paramiko.Channel, bytes]] = []

    def get_allowed_auths(self, username: str) -> str:
        return "publickey"

    def check_auth_publickey(self, username: str, key: paramiko.PKey) -> int:
        if key.get_base64() == self._authorized_blob:
            return AUTH_SUCCESSFUL
        logger.warning("refused a key that is not authorized")
        return AUTH_FAILED

    def check_channel_request(self, kind: str, chanid: int) -> int:
        if kind == "session":
            return OPEN_SUCCEEDED
        return OPEN_FAILED_ADMINISTRATIVELY_PROHIBITED

    def check_channel_exec_request(
        self, channel: paramiko.Channel, command: bytes
    ) -> bool:
        self._granted.append((channel, command))
        return True

    def start_granted(self) -> None:
        """Start the commands that were asked for and granted since the last call."""
        for channel, command in self._granted:
            threading.Thread(
                target=session.serve,
                args=(channel, command, self._root, environment(self._root)),
                daemon=True,
            ).start()
        self._granted.clear()


def _answer_then_start(channel: paramiko.Channel, request: paramiko.Message) -> None:
    paramiko.Channel._handle_request(channel, request)  # type: ignore[attr-defined]
    connection = cast(_Connection, channel.get_transport().server_object)
    connection.start_granted()


class _Transport(paramiko.Transport):
    """Starts a command after its request has been answered.

    Otherwise a short command can close the channel before the client reads that its
    request was granted, which paramiko's client takes for a refusal.
    """

    _channel_handler_table = {
        **paramiko.Transport._channel_handler_table,  # type: ignore[attr-defined]
        MSG_CHANNEL_REQUEST: _answer_then_start,
    }
