"""The faults of docs/reliability.md, one at a time and at random, each undone again."""

import signal
import time
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from functools import partial
from random import Random

from tests.faults.console import freeze
from tests.soak.people import send
from tests.soak.places import LEASE_SECONDS
from tests.soak.world import Site, World

READY_SECONDS = 90


@dataclass(frozen=True, slots=True)
class Happened:
    kind: str
    began: float
    undone: float
    #: From then until every web process was ready; None if it was not in time.
    ready_after: float | None


@contextmanager
def _killed(
    part: str, number: signal.Signals, world: World, rng: Random
) -> Iterator[None]:
    victim = rng.choice(world.console.parts[part])
    victim.send(number)
    yield
    if victim.is_alive():
        victim.kill()
    world.console.replace(part, victim)


@contextmanager
def _frozen(part: str, world: World, rng: Random) -> Iterator[None]:
    victim = rng.choice(world.console.parts[part])
    freeze(victim)
    yield
    victim.send(signal.SIGCONT)


@contextmanager
def _redis_away(world: World, rng: Random) -> Iterator[None]:
    world.places.redis.kill()
    yield
    world.places.redis.start()


@contextmanager
def _redis_frozen(world: World, rng: Random) -> Iterator[None]:
    world.places.redis.freeze()
    yield
    world.places.redis.thaw()


@contextmanager
def _redis_emptied(world: World, rng: Random) -> Iterator[None]:
    world.places.redis.client.flushdb()
    yield


@contextmanager
def _postgresql_away(world: World, rng: Random) -> Iterator[None]:
    world.places.postgresql.crash()
    yield
    world.places.postgresql.start()


@contextmanager
def _network(fault: str, end: str, world: World, rng: Random) -> Iterator[None]:
    network = rng.choice(world.networks)
    getattr(network, fault)()
    yield
    if end:
        getattr(network, end)()


@contextmanager
def _sshd_away(world: World, rng: Random) -> Iterator[None]:
    world.sshd.stop()
    yield
    world.sshd.start()


@contextmanager
def _git_host_away(world: World, rng: Random) -> Iterator[None]:
    path = rng.choice(world.sites).repository.path
    hidden = path.with_name(f"{path.name}-away")
    path.rename(hidden)
    yield
    hidden.rename(path)


@contextmanager
def _disk_full(world: World, rng: Random) -> Iterator[None]:
    assert world.small_disk is not None
    filler = world.small_disk.path / "filler"
    try:
        with filler.open("wb") as file:
            while True:
                file.write(bytes(1 << 16))
                file.flush()
    except OSError:
        yield
    filler.unlink(missing_ok=True)


@contextmanager
def _stale_locks(world: World, rng: Random) -> Iterator[None]:
    """As a git that was killed leaves them, in both repositories of an environment."""
    site = rng.choice(world.sites)
    mirror = world.places.data / "mirrors" / f"{site.project}.git"
    for name in rng.sample(["config.lock", "packed-refs.lock", "HEAD.lock"], 2):
        _leave(site, mirror / name, is_ours=True)
        _leave(site, site.path / "repo.git" / name, is_ours=False)
    _leave(site, site.path / ".oec" / "index.lock", is_ours=False)
    yield


def _leave(site: Site, path, *, is_ours: bool) -> None:
    if path.parent.is_dir() and not path.exists():
        path.touch()
        if not is_ours:
            site.account.owns(path)


Act = Callable[[World, Random], AbstractContextManager[None]]
#: Kind, what it does, and for how many seconds at least and at most.
Fault = tuple[str, Act, float, float]
LONG = LEASE_SECONDS + 4


def all_faults(world: World) -> list[Fault]:
    kill, stop = signal.SIGKILL, signal.SIGTERM
    faults: list[Fault] = []
    for part in ("worker", "dispatcher", "web"):
        faults.append((f"{part} killed", partial(_killed, part, kill), 0, 5))
        faults.append((f"{part} frozen", partial(_frozen, part), 1, LONG + 4))
    faults += [
        ("worker stopped", partial(_killed, "worker", stop), 27, 30),
        ("redis away", _redis_away, 0, 10),
        ("redis frozen", _redis_frozen, 1, 10),
        ("redis emptied", _redis_emptied, 0, 1),
        ("postgresql restarted", _postgresql_away, 0, 4),
        ("postgresql away long", _postgresql_away, LONG, LONG + 6),
        ("ssh cut", partial(_network, "cut", ""), 0, 1),
        ("ssh refused", partial(_network, "refuse", "accept"), 1, 20),
        ("ssh swallowed", partial(_network, "swallow", "release"), 2, 35),
        ("sshd away", _sshd_away, 0, 15),
        ("git host away", _git_host_away, 1, 15),
        ("stale locks", _stale_locks, 0, 1),
    ]
    if world.small_disk:
        faults.append(("disk full", _disk_full, 3, 12))
    return faults


def play(world: World, rng: Random, until: float, happened: list[Happened]) -> None:
    """In the main thread, whose end would end every process that it started."""
    faults = all_faults(world)
    rng.shuffle(faults)
    turn = 0
    while time.monotonic() < until:
        # Every kind in turn, in an order of the seed: a short soak has seen most.
        kind, act, least, most = faults[turn % len(faults)]
        turn += 1
        began = time.time()
        with act(world, rng):
            time.sleep(min(rng.uniform(least, most), max(0, until - time.monotonic())))
        happened.append(Happened(kind, began, time.time(), ready(world)))
        time.sleep(rng.uniform(1, 5))


def ready(world: World, seconds: float = READY_SECONDS) -> float | None:
    """How long until every web process says so."""
    begun = time.monotonic()
    while time.monotonic() < begun + seconds:
        urls = [f"{web.url}/readyz" for web in world.console.parts["web"]]
        if all(send(urllib.request.Request(url), 5)[0] == 200 for url in urls):
            return time.monotonic() - begun
        time.sleep(0.1)
    return None
