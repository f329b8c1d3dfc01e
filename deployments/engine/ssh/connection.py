"""From a target to an authenticated connection, with a deadline for each phase."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import ExitStack
from types import MappingProxyType
from typing import Any

import paramiko

from deployments.engine.exceptions import EngineError
from deployments.engine.ssh import keys
from deployments.engine.ssh.host import Host, close
from deployments.engine.ssh.process import GONE
from deployments.engine.ssh.sockets import POLL_SECONDS, open_socket
from deployments.engine.ssh.target import Target

#: For TCP, banner and key exchange together: three attempts stay below 15 s.
HANDSHAKE_SECONDS = 5.0

AUTHENTICATION_SECONDS = 15.0

#: paramiko still offers these; SHA-1, MD5 and CBC (CVE-2008-5161) have no place here.
WEAK = {
    "macs": ["hmac-md5", "hmac-md5-96", "hmac-sha1", "hmac-sha1-96"],
    "ciphers": ["3des-cbc", "aes128-cbc", "aes192-cbc", "aes256-cbc"],
}

# Every failure reaches the caller as an exception; tracebacks would only repeat it.
logging.getLogger("paramiko.transport").setLevel(logging.CRITICAL)


class _AttentiveTransport(paramiko.Transport):
    """Remembers what the other side offers, which paramiko forgets when it fails."""

    offered: Mapping[str, Any] = MappingProxyType({})

    def _really_parse_kex_init(self, *arguments: Any, **more: Any) -> Any:
        parsed = super()._really_parse_kex_init(*arguments, **more)  # type: ignore[misc]
        self.offered = dict(parsed, kex_algo_list=list(parsed["kex_algo_list"]))
        return parsed

    def disagreement(self) -> dict[str, str]:
        """What both sides know of the first kind of which they share nothing."""
        options = self.get_security_options()
        for name, ours, key in (
            ("key exchange", options.kex, "kex_algo_list"),
            ("type of host key", options.key_types, "server_key_algo_list"),
            ("cipher", options.ciphers, "client_encrypt_algo_list"),
            ("MAC", options.digests, "client_mac_algo_list"),
        ):
            theirs = self.offered.get(key, [])
            if theirs and not set(ours).intersection(theirs):
                names = {"expected": ", ".join(ours), "actual": ", ".join(theirs)}
                return {"detail": f"no {name}", **names}
        return {"detail": str(self.get_exception() or "")}


def connect(target: Target, *, tick: Callable[[], None] = lambda: None) -> Host:
    """One attempt to sign in. ``tick`` is called while waiting and may raise.

    Raises EngineError ssh_key_missing, server_key_invalid and host_key_unknown before
    anything is sent, host_key_mismatch before a credential is sent, auth_failed,
    connection_lost, and what ``open_socket`` raises. Nothing stays open then. The
    caller closes the Host.
    """
    key = _private_key(target)
    expected = _expected_key(target)
    with ExitStack() as stack:
        transport = _handshake(target.host, target.port, target.host_key, tick)
        stack.callback(close, transport)
        _verify(transport, expected, target)
        _authenticate(transport, key, target, tick)
        stack.pop_all()
    return Host(transport, target)


def scan_host_key(
    host: str, port: int, *, like: str = "", tick: Callable[[], None] = lambda: None
) -> str:
    """The key that the server shows, as an OpenSSH line, for a person to compare.

    A server can have several: one of the kind of ``like``, another such line, is asked
    for first. No credential is sent. Raises what ``connect`` raises until then.
    """
    transport = _handshake(host, port, like, tick)
    try:
        key = transport.get_remote_server_key()
        return f"{key.get_name()} {key.get_base64()}"
    finally:
        close(transport)


def _private_key(target: Target) -> paramiko.PKey:
    if not target.private_key:
        raise EngineError("ssh_key_missing", host=target.host, port=target.port)
    try:
        return keys.private_key(target.private_key)
    except ValueError as error:
        raise EngineError(
            "server_key_invalid", host=target.host, port=target.port, detail=str(error)
        ) from None


def _expected_key(target: Target) -> bytes:
    try:
        return keys.public_blob(target.host_key)
    except ValueError:
        raise EngineError(
            "host_key_unknown", host=target.host, port=target.port
        ) from None


def _handshake(
    host: str, port: int, host_key: str, tick: Callable[[], None]
) -> paramiko.Transport:
    deadline = time.monotonic() + HANDSHAKE_SECONDS
    connection = open_socket(host, port, deadline=deadline, tick=tick)
    with ExitStack() as stack:
        stack.callback(connection.close)
        transport = _AttentiveTransport(connection, disabled_algorithms=WEAK)
        stack.callback(close, transport)
        _prefer(transport, host_key)
        done = threading.Event()
        transport.start_client(event=done)
        if not _wait(done, deadline, tick):
            raise EngineError("connect_timeout", host=host, port=port)
        if not transport.is_active():
            raise _lost(transport, host, port)
        stack.pop_all()
    return transport


def _prefer(transport: paramiko.Transport, host_key: str) -> None:
    """Ask first for the kind of key that is pinned: a server can have several."""
    kind = host_key.partition(" ")[0]
    wanted = ["rsa-sha2-512", "rsa-sha2-256"] if kind == "ssh-rsa" else [kind]
    options = transport.get_security_options()
    offered = list(options.key_types)
    options.key_types = [name for name in wanted if name in offered] + [
        name for name in offered if name not in wanted
    ]


def _verify(transport: paramiko.Transport, expected: bytes, target: Target) -> None:
    key = transport.get_remote_server_key()
    if key.asbytes() != expected:
        raise EngineError(
            "host_key_mismatch",
            host=target.host,
            port=target.port,
            expected=keys.fingerprint(target.host_key),
            actual=keys.fingerprint(f"{key.get_name()} {key.get_base64()}"),
        )


def _authenticate(
    transport: paramiko.Transport,
    key: paramiko.PKey,
    target: Target,
    tick: Callable[[], None],
) -> None:
    done = threading.Event()
    try:
        transport.auth_publickey(target.username, key, event=done)
    except GONE:
        raise _lost(transport, target.host, target.port) from None
    answered = _wait(done, time.monotonic() + AUTHENTICATION_SECONDS, tick)
    if not answered:
        raise EngineError("connect_timeout", host=target.host, port=target.port)
    if transport.is_authenticated():
        return
    if not transport.is_active():
        raise _lost(transport, target.host, target.port)
    raise EngineError(
        "auth_failed", host=target.host, port=target.port, username=target.username
    )


def _wait(done: threading.Event, deadline: float, tick: Callable[[], None]) -> bool:
    while not done.wait(POLL_SECONDS):
        tick()
        if time.monotonic() > deadline:
            return False
    return True


def _lost(transport: paramiko.Transport, host: str, port: int) -> EngineError:
    reason = transport.get_exception()
    if isinstance(reason, paramiko.ssh_exception.IncompatiblePeer) and isinstance(
        transport, _AttentiveTransport
    ):
        facts = transport.disagreement()
        return EngineError("ssh_algorithms", host=host, port=port, **facts)
    detail = str(reason or "the server closed the connection")
    return EngineError("connection_lost", host=host, port=port, detail=detail)
