"""One look at a server, from its name to the reach of its registries."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from dataclasses import replace
from ipaddress import ip_address

from deployments.engine import commands, ssh
from deployments.engine.commands import ReplyReader
from deployments.engine.commands.registries import HUB
from deployments.engine.exceptions import EngineError
from deployments.engine.inspection import machine, refusals
from deployments.engine.inspection.model import Finding, Probe, State, Subject
from deployments.engine.inspection.refusals import Unanswered
from deployments.engine.redaction import Redactor
from deployments.engine.ssh import Host, RemoteProcess

#: For everything together; closing a dead connection may take up to two more.
SECONDS = 28.0

NAME_SECONDS = 5.0
MOST_OUTPUT_BYTES = 256 * 1024
KEPT_OUTPUT_BYTES = 4096
MOST_CHARACTERS = 300


def inspect(subject: Subject, report: Callable[[Finding], None]) -> None:
    """Report one finding after the other, as they are made.

    Every probe gets one. After the first that fails on the way to the server, the
    others are skipped. It takes ``SECONDS`` at most.
    """
    _Inspector(subject, report).run()


class _Inspector:
    """``_remaining`` begins with the probe that is being looked at."""

    def __init__(self, subject: Subject, report: Callable[[Finding], None]) -> None:
        self._subject = subject
        self._target = subject.target
        self._report = report
        self._remaining = subject.probes()
        self._until = time.monotonic() + SECONDS
        self._redactor = Redactor([self._target.private_key])
        self._asked_at = 0.0
        self._received = 0
        self._output = b""

    def run(self) -> None:
        try:
            self._resolve()
            self._compare(self._connect())
            with self._sign_in() as host:
                self._look_around(host)
        except (EngineError, Unanswered) as cause:
            failed = self._remaining[0]
            self._conclude(self._masked(refusals.failed(failed, cause)))
            while self._remaining:
                self._conclude(refusals.skipped(self._remaining[0], after=failed))

    def _resolve(self) -> None:
        host = self._target.host
        addresses = ssh.resolve(
            host, self._target.port, seconds=NAME_SECONDS, tick=self._tick
        )
        sentence = f"{host} is {', '.join(addresses)}."
        if _is_address(host):
            sentence = f"{host} is an address and needs no name server."
        self._ok(sentence, addresses=addresses)

    def _connect(self) -> str:
        """The host key that the server shows."""
        host, port = self._target.host, self._target.port
        host_key = ssh.scan_host_key(
            host, port, like=self._target.host_key, tick=self._tick
        )
        self._ok(f"An SSH service answers on port {port} of {host}.", port=port)
        return host_key

    def _compare(self, host_key: str) -> None:
        actual, accepted = ssh.fingerprint(host_key), self._target.host_key
        facts = {"host": self._target.host, "port": self._target.port}
        if not accepted:
            raise EngineError("host_key_unknown", actual=actual, **facts)
        expected = ssh.fingerprint(accepted)
        if expected != actual:
            raise EngineError(
                "host_key_mismatch", expected=expected, actual=actual, **facts
            )
        self._ok(f"The server shows the accepted key {actual}.", actual=actual)

    def _sign_in(self) -> Host:
        host = ssh.connect(self._target, tick=self._tick)
        username = self._target.username
        self._ok(
            f"The server lets {username} in with the stored key.", username=username
        )
        return host

    def _look_around(self, host: Host) -> None:
        script = commands.inspection(
            self._subject.paths,
            {name: _address_of(name) for name in self._subject.registries},
        )
        reader = ReplyReader(self._keep)

        def receive(data: bytes) -> None:
            self._received += len(data)
            reader.feed(data)
            self._take_answers(reader)
            if self._received > MOST_OUTPUT_BYTES:
                raise refusals.ended_early(None, "output without end")

        with self._closed_in_time(host), closing(self._held_session(host)):
            self._asked_at = time.time()
            code = host.run(
                commands.SHELL,
                send=[script.encode()],
                receive=receive,
                tick=self._tick,
            )
        reader.close()
        self._take_answers(reader)
        if self._remaining:
            raise refusals.ended_early(code, self._output.decode("utf-8", "replace"))

    def _held_session(self, host: Host) -> RemoteProcess:
        """One beside the script: a deployment, too, has several on its connection."""
        return host.start("read -r _", tick=self._tick)

    def _take_answers(self, reader: ReplyReader) -> None:
        while self._remaining:
            finding = self._finding_of(self._remaining[0], reader)
            if finding is None:
                return
            self._conclude(finding)

    def _finding_of(self, probe: Probe, reader: ReplyReader) -> Finding | None:
        for answer in reader.fields(probe.name):
            if answer.get("about", "") == probe.about:
                return self._read(probe, {n: self._text(t) for n, t in answer.items()})
        return machine.idle(probe)

    def _read(self, probe: Probe, answer: dict[str, str]) -> Finding:
        match probe.name:
            case "tools":
                return machine.tools(answer)
            case "clock":
                return machine.clock(
                    answer, asked_at=self._asked_at, answered_at=time.time()
                )
            case "write_permission":
                return machine.write_permission(probe, answer, self._target.username)
            case "disk":
                return machine.disk(probe, answer)
            case "memory":
                return machine.memory(answer)
            case "docker":
                return machine.docker(answer, is_needed=self._subject.needs_docker)
            case _:
                return machine.registry(probe, answer)

    def _ok(self, sentence: str, **facts: object) -> None:
        self._conclude(Finding(self._remaining[0].name, State.OK, sentence, facts))

    def _conclude(self, finding: Finding) -> None:
        self._remaining.pop(0)
        self._report(finding)

    def _tick(self) -> None:
        if time.monotonic() >= self._until:
            raise refusals.out_of_time(self._remaining[0], SECONDS)

    @contextmanager
    def _closed_in_time(self, host: Host) -> Iterator[None]:
        """paramiko asks nobody while it opens a channel."""
        timer = threading.Timer(max(self._until - time.monotonic(), 0), host.close)
        timer.daemon = True
        timer.start()
        try:
            yield
        except EngineError:
            self._tick()
            raise
        finally:
            timer.cancel()
            timer.join()

    def _keep(self, data: bytes) -> None:
        self._output = (self._output + data)[-KEPT_OUTPUT_BYTES:]

    def _text(self, text: str) -> str:
        """What a server said, in one line that can be stored and shown."""
        line = self._line(text)
        return line if len(line) <= MOST_CHARACTERS else line[:MOST_CHARACTERS] + "…"

    def _masked(self, finding: Finding) -> Finding:
        facts = {
            name: self._text(fact) if isinstance(fact, str) else fact
            for name, fact in finding.facts.items()
        }
        return replace(finding, sentence=self._line(finding.sentence), facts=facts)

    def _line(self, text: str) -> str:
        return " ".join(self._redactor.mask(text).replace("\x1b", "").split())


def _address_of(registry: str) -> str:
    """Where a registry answers. Docker speaks to its own machine without TLS, too."""
    if registry == HUB:
        return "https://registry-1.docker.io/v2/"
    host = registry.rpartition(":")[0] or registry
    is_local = host == "localhost" or host.startswith("127.")
    return f"{'http' if is_local else 'https'}://{registry}/v2/"


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True
