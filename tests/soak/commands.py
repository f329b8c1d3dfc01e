"""What the environments of a soak run: commands as people write them.

Each writes lines "time version step mark pid" to a trace on the server, which
``traces`` judges. A build says first how many numbered lines it is going to print.
"""

import random
from pathlib import Path

from tests.soak.accounts import SERVICE

_TRACE = 'echo "$(date +%s.%N) $OEC_VERSION {step} {mark} $$" >> {trace}'

QUICK = 20
MANY = 2_000
FLOOD = 100_000

#: {work} is a trace line, {lines} how many lines there are.
BUILDS = {
    "quick": (QUICK, "for i in $(seq {lines}); do echo line $i; done"),
    "many": (MANY, "for i in $(seq {lines}); do echo line $i; done"),
    "flood": (FLOOD, "seq -f 'line %.0f' {lines}"),
    "slow": (
        20,
        "for i in $(seq {lines}); do echo line $i; {work}; sleep 0.4; done",
    ),
    "reopened": (
        200,
        "for i in $(seq 100); do echo line $i; done\n"
        "echo warned > /dev/stderr\n"
        "for i in $(seq 101 {lines}); do echo line $i; done"
        " | tee /dev/stderr >/dev/null",
    ),
    "timeout": (
        20,
        "timeout 60 sh -c '"
        "for i in $(seq {lines}); do echo line $i; {work}; sleep 0.3; done'",
    ),
    "setsid": (
        20,
        "setsid -w sh -c '"
        "for i in $(seq {lines}); do echo line $i; {work}; sleep 0.3; done'",
    ),
    "background": (
        20,
        "(for i in $(seq {lines}); do echo line $i; {work}; sleep 0.2; done) &\nwait",
    ),
}
FAILURES = (
    "echo 'npm ERR! missing script: build' >&2; exit 1",
    "echo 'fatal: the build does not like this commit' > /dev/stderr; exit 3",
    "no-such-program --at-all",
    "kill -s KILL $$",
)
SERVICES = (
    f"{SERVICE}=1 nohup sleep 100 >/dev/null 2>&1 &",
    f"{SERVICE}=1 setsid sleep 100 >service.log 2>&1 &",
    f"{SERVICE}=1 nohup sh -c 'for i in $(seq 100); do echo tick; sleep 1; done' &",
)


def choose(rng: random.Random, trace: Path) -> dict[str, str]:
    """The commands of an environment, as its settings have them."""
    name = rng.choice([*BUILDS, "quick", "slow", "fails"])
    build = failing(rng, trace) if name == "fails" else building(name, trace)
    seconds = rng.choice([0, 0, 0.5, 2])
    release = "\n".join(
        [_mark("release", "begin", trace), f"sleep {seconds}", *_end("release", trace)]
    )
    restart = "\n".join(
        [
            _mark("restart", "begin", trace),
            rng.choice(SERVICES),
            "echo restarted",
            *_end("restart", trace),
        ]
    )
    is_ill = rng.random() < 0.08
    check = _mark("check", '$(cat "$OEC_DEPLOY_PATH/current/REVISION")', trace)
    return {
        "build_command": build,
        "release_command": release,
        "restart_command": restart,
        "health_check_command": f"{check}\n{'exit 1' if is_ill else 'true'}",
    }


def peaceful(trace: Path) -> dict[str, str]:
    """Commands with which a deployment must succeed once nothing is broken."""
    rng = random.Random(0)  # noqa: S311 - the same each time
    while "exit 1" in (commands := choose(rng, trace))["health_check_command"]:
        pass
    return commands | {"build_command": building("quick", trace)}


def building(name: str, trace: Path) -> str:
    lines, body = BUILDS[name]
    work = _mark("build", "work", trace)
    text = body.replace("{lines}", str(lines)).replace("{work}", work)
    begin = _mark("build", "begin", trace)
    return "\n".join([begin, f"echo count {lines}", text, *_end("build", trace)])


def failing(rng: random.Random, trace: Path) -> str:
    failure = rng.choice(FAILURES)
    return "\n".join(
        [
            _mark("build", "begin", trace),
            f"echo count {QUICK}",
            f"for i in $(seq {QUICK}); do echo line $i; done",
            _mark("build", "failing", trace),
            failure,
        ]
    )


def _mark(step: str, mark: str, trace: Path) -> str:
    return _TRACE.format(step=step, mark=mark, trace=trace)


def _end(step: str, trace: Path) -> list[str]:
    return [_mark(step, "end", trace)]
