"""How long a deployment takes, beside one plain ``ssh host 'bash -s'`` script."""

import shlex
import time
from pathlib import Path
from uuid import UUID, uuid4

from benchmarks import figures
from benchmarks.bench import Bench
from benchmarks.plain import CURVE25519
from benchmarks.rounds import in_turn
from deployments import runner
from deployments.engine import pipeline
from deployments.engine.pipeline import Plan, Run, Settings
from deployments.models import Deployment, Status
from deployments.services import deploy
from projects.models import Environment
from projects.settings import FROZEN

BUILD = "find . -name '*.txt' -type f -exec sha256sum {} + >SUMS"
HEALTH = "test -s SUMS"
KEEP = 3
PROJECT = UUID(int=1)
SCRIPT = Path(__file__).with_name("plain.sh").read_text()

DEFAULT = "`ssh host 'bash -s'`, default key exchange"
YARDSTICK = "`ssh host 'bash -s'`, curve25519-sha256"
PIPELINE = "OEC, the nine steps alone"
RUNNER = "OEC, a worker's whole run with its database writes"


def measure(bench: Bench, rounds: int) -> str:
    """Deploy a new commit in every way, in turn; Markdown.

    The first round, in which everything is new to everybody, does not count.
    """
    contest = _Contest(bench)
    for number in range(rounds + 1):
        contest.round(number)
    rows = [
        (
            name,
            figures.spread([value * 1000 for value in seconds]),
            figures.ratio(seconds, contest.seconds[DEFAULT]),
            figures.ratio(seconds, contest.seconds[YARDSTICK]),
        )
        for name, seconds in contest.seconds.items()
    ]
    steps = [
        (name, figures.spread([value * 1000 for value in seconds]))
        for name, seconds in contest.steps.items()
    ]
    head = ("Deployment", "ms", "÷ default", "÷ curve25519")
    own = figures.table(("Of the nine steps alone", "ms"), steps)
    return f"{figures.table(head, rows)}\n\n{own}"


class _Contest:
    def __init__(self, bench: Bench) -> None:
        self._bench = bench
        self._environment = bench.environment(
            "runner",
            build_command=BUILD,
            health_check_command=f"cd {bench.folder}/runner/current && {HEALTH}",
            keep_releases=KEEP,
        )
        names = (DEFAULT, YARDSTICK, PIPELINE, RUNNER)
        self.seconds: dict[str, list[float]] = {name: [] for name in names}
        self.steps: dict[str, list[float]] = {step.name: [] for step in pipeline.STEPS}

    def round(self, number: int) -> None:
        commit = self._bench.commit(number)
        ways = [
            (DEFAULT, "default", lambda: self._script(number, "default")),
            (YARDSTICK, "curve", lambda: self._script(number, "curve", CURVE25519)),
            (PIPELINE, "pipeline", lambda: self._pipeline(number)),
            (RUNNER, "runner", lambda: run(self._bench, self._environment)[1]),
        ]
        for name, folder, way in in_turn(ways, number):
            seconds = way()
            live = self._bench.folder / folder / "current" / "REVISION"
            assert live.read_text().strip() == commit, f"{name} deployed something else"
            if number:
                self.seconds[name].append(seconds)

    def _script(self, number: int, name: str, *options: str) -> float:
        values = {
            "path": f"{self._bench.folder}/{name}",
            "version": str(number + 1),
            "origin": self._bench.origin.url,
            "branch": "main",
            "build": BUILD,
            "health": HEALTH,
            "keep": str(KEEP),
        }
        assignments = "".join(
            f"{key}={shlex.quote(text)}\n" for key, text in values.items()
        )
        return self._bench.ssh.run("bash -s", *options, script=assignments + SCRIPT)

    def _pipeline(self, number: int) -> float:
        begun = time.perf_counter()
        marks = [begun]

        def finished(step: str) -> None:
            marks.append(time.perf_counter())
            if number:
                self.steps[step].append(marks[-1] - marks[-2])

        pipeline.execute(
            Run(
                plan=self._plan(number),
                log=lambda _: None,
                note=lambda _: None,
                checkpoint=lambda: None,
                resolved=lambda *_: None,
                step_started=lambda _: None,
                step_finished=finished,
                image_pulled=lambda _: None,
                container_started=lambda _: None,
            )
        )
        return time.perf_counter() - begun

    def _plan(self, number: int) -> Plan:
        path = self._bench.folder / "pipeline"
        return Plan(
            project_id=PROJECT,
            deployment_id=uuid4(),
            release_id=uuid4(),
            version=number + 1,
            environment_name="production",
            git_url=self._bench.origin.url,
            git_branch="main",
            git_commit="",
            commit_is_frozen=False,
            git_token="",
            mirror=self._bench.disk / "mirror.git",
            target=self._bench.sshd.target,
            settings=_settings(path),
            variables={},
            allow_local_git=True,
        )


def run(bench: Bench, environment: Environment) -> tuple[Deployment, float]:
    """Deploy as a worker does; the deployment and the seconds of its run."""
    deployment = deploy(environment, by=bench.user)
    begun = time.perf_counter()
    runner.run(deployment.pk)
    seconds = time.perf_counter() - begun
    deployment.refresh_from_db()
    assert deployment.status == Status.SUCCESS, deployment.error_message
    return deployment, seconds


def _settings(path: Path) -> Settings:
    defaults = {name: setting.default for name, setting in FROZEN.items()}
    own = {
        "deploy_path": str(path),
        "build_command": BUILD,
        "health_check_command": f"cd {path}/current && {HEALTH}",
        "health_check_timeout_seconds": 30,
        "step_timeout_seconds": 60,
        "silence_timeout_seconds": 60,
        "total_timeout_seconds": 120,
        "keep_releases": KEEP,
    }
    return Settings(**{**defaults, **own})
