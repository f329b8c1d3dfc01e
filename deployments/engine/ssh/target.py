"""Whom to connect to, as whom, and how to recognize it."""

from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Target:
    """``host_key`` is one OpenSSH public-key line, empty while nobody accepted one."""

    host: str
    port: int
    username: str
    private_key: str = field(repr=False)
    host_key: str
