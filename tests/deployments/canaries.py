"""Secrets that would be recognized anywhere, and the places where to look for them."""

import base64
import os
import re
import secrets
import socket
import sqlite3
import subprocess
import threading
from collections.abc import Iterable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from urllib.parse import quote, urlsplit

import redis
from django.conf import settings
from django.db import connection

from deployments.models import Event
from tests import backends

#: Half a line of a key or password that somebody would notice.
MINIMUM_LENGTH = 12
WATCH_SECONDS = 0.02


def new_text() -> str:
    """No two are alike, and no form of one escapes all of its characters."""
    return f"canary{secrets.token_hex(12)}"


class Canaries:
    """Named secrets. ``found_in`` names those that stand in some bytes.

    Looked for are the characteristic parts of each, whatever surrounds or escapes them:
    as they are, URL-encoded, and in base64 wherever they begin in a longer text.
    """

    def __init__(self) -> None:
        self._names: dict[bytes, str] = {}
        self._pattern: re.Pattern[bytes] | None = None

    def add(self, name: str, *parts: str) -> None:
        for part in parts:
            assert len(part) >= MINIMUM_LENGTH, name
            for form in _forms(part):
                self._names[form] = name
        self._pattern = re.compile(b"|".join(map(re.escape, self._names)))

    def found_in(self, data: bytes | str) -> set[str]:
        if self._pattern is None:
            return set()
        if isinstance(data, str):
            data = data.encode("utf-8", "surrogateescape")
        return {self._names[leaked] for leaked in self._pattern.findall(data)}


def heart_of(private_key: str) -> str:
    """What is secret in the text of an ed25519 key; the rest is its public half."""
    return private_key.split("\n")[4][16:]


def _forms(part: str) -> Iterator[bytes]:
    yield part.encode()
    yield quote(part, safe="").encode()
    for before in range(3):
        data = b"\0" * before + part.encode()
        for encoded in (base64.b64encode(data), base64.urlsafe_b64encode(data)):
            # What shares its bits with a neighbour is left off at both ends.
            whole = len(data) * 8 // 6
            yield encoded[(before * 8 + 5) // 6 : whole]


class Watch:
    """Looks again and again at what is there for a moment only.

    The arguments of all processes, and every file below ``folders``. ``leaks`` says
    what was seen where.
    """

    def __init__(self, canaries: Canaries, folders: Iterable[Path]) -> None:
        self.leaks: set[tuple[str, str]] = set()
        self.looked = 0
        self._canaries = canaries
        self._folders = list(folders)
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> "Watch":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _watch(self) -> None:
        while not self._over.wait(WATCH_SECONDS):
            self._look("process list", Path("/proc").glob("[0-9]*/cmdline"))
            for folder in self._folders:
                self._look(str(folder), files_below(folder))
            self.looked += 1

    def _look(self, place: str, files: Iterable[Path]) -> None:
        for file in files:
            for name in self._canaries.found_in(read(file)):
                self.leaks.add((place, name))


def files_below(folder: Path) -> Iterator[Path]:
    for parent, _, names in os.walk(folder):
        for name in names:
            yield Path(parent, name)


def read(file: Path) -> bytes:
    """Its name and its content; nothing if it has gone, or is no file of bytes."""
    with suppress(OSError):
        if file.parts[1] == "proc" or file.is_file():
            return os.fsencode(file) + b"\n" + file.read_bytes()
    return b""


def database_dump() -> bytes:
    """All of the test's database: as the tool of its back end writes it, and opened.

    What is compressed there would hide what the tool writes.
    """
    texts = Event.objects.values_list("text", flat=True)
    return b"\n".join([_tool_dump(), *(text.encode() for text in texts)])


def _tool_dump() -> bytes:
    place = connection.settings_dict
    if connection.vendor == "sqlite":
        with closing(sqlite3.connect(place["NAME"])) as database:
            return "\n".join(database.iterdump()).encode()
    server, _, _ = os.environ["DATABASE_URL"].rpartition("/")
    command = [backends.program("pg_dump"), f"{server}/{place['NAME']}"]
    return subprocess.run(command, check=True, capture_output=True).stdout


class RedisMonitor:
    """Everything that anybody says to Redis; nothing where the broker is files."""

    def __init__(self) -> None:
        self.heard = b""
        self._socket: socket.socket | None = None
        self._thread = threading.Thread(target=self._listen)

    def __enter__(self) -> "RedisMonitor":
        if settings.REDIS_URL:
            place = urlsplit(settings.REDIS_URL)
            self._socket = socket.create_connection((place.hostname, place.port))
            self._socket.sendall(b"MONITOR\r\n")
            self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self._socket is not None:
            self._socket.shutdown(socket.SHUT_RDWR)
            self._thread.join()
            self._socket.close()

    def _listen(self) -> None:
        assert self._socket is not None
        while data := self._socket.recv(65536):
            self.heard += data


def redis_content() -> bytes:
    """Every key with what it holds."""
    if not settings.REDIS_URL:
        return b""
    with closing(redis.Redis.from_url(settings.REDIS_URL)) as client:
        return b"\n".join(
            key + b" " + (client.dump(key) or b"") for key in client.scan_iter()
        )
