"""A client's side of the sandbox server: key files, connections, commands."""

import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import paramiko
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

DEADLINE_SECONDS = 20.0


@dataclass
class Result:
    exit_status: int
    stdout: bytes
    stderr: bytes


def make_keys(directory: Path) -> Path:
    """``directory`` with the key pairs ``host``, ``client`` and ``stranger``."""
    directory.mkdir()
    for name in ("host", "client", "stranger"):
        key = Ed25519PrivateKey.generate()
        private = directory / name
        private.touch(mode=0o600)
        private.write_bytes(
            key.private_bytes(
                serialization.Encoding.PEM,
                serialization.PrivateFormat.OpenSSH,
                serialization.NoEncryption(),
            )
        )
        (directory / f"{name}.pub").write_bytes(
            key.public_key().public_bytes(
                serialization.Encoding.OpenSSH, serialization.PublicFormat.OpenSSH
            )
        )
    return directory


def connect(port: int, key: Path) -> paramiko.SSHClient:
    """A connection with a private key of ``make_keys``, the host key pinned."""
    client = paramiko.SSHClient()
    host_key = paramiko.PKey.from_path(key.parent / "host")
    name = f"[127.0.0.1]:{port}"
    client.get_host_keys().add(name, host_key.get_name(), host_key)
    client.connect(
        "127.0.0.1",
        port,
        "alice",
        key_filename=str(key),
        allow_agent=False,
        look_for_keys=False,
        timeout=DEADLINE_SECONDS,
    )
    return client


def execute(client: paramiko.SSHClient, command: str, stdin: bytes = b"") -> Result:
    pipe, stdout, stderr = client.exec_command(command, timeout=DEADLINE_SECONDS)
    pipe.write(stdin)
    pipe.channel.shutdown_write()
    with ThreadPoolExecutor() as pool:
        errors = pool.submit(stderr.read)
        output = stdout.read()
    return Result(stdout.channel.recv_exit_status(), output, errors.result())


def eventually(condition: Callable[[], object]) -> bool:
    """Whether ``condition`` came true before the deadline."""
    deadline = time.monotonic() + DEADLINE_SECONDS
    while time.monotonic() < deadline:
        if condition():
            return True
        time.sleep(0.02)
    return False
