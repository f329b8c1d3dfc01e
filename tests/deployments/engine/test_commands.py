"""The shell text that is sent, and what a shell makes of it; no SSH."""

import subprocess
import threading
from pathlib import Path

import pytest

from deployments.engine import commands
from deployments.engine.commands import Layout, ReplyReader, docker, registries
from deployments.engine.exceptions import EngineError

COMMIT = "a" * 40
SHELLS = ["sh", "bash"]
KEPT = {
    "activate": "",
    "unit": commands.unit("shop.service", "user"),
    "restart": "x",
    "check": "",
}


@pytest.fixture
def layout(tmp_path: Path) -> Layout:
    return Layout(str(tmp_path / "srv"), "the-project", 7, "the-deployment", COMMIT)


def _all(layout: Layout) -> dict[str, str]:
    return {
        "prepare": commands.prepare(
            layout, environment={"A": "b"}, kept=KEPT, grace_seconds=1
        ),
        "start": commands.start(layout, "build", "make"),
        "kept": commands.kept(layout, "restart", "restart", "v6-0123456789ab"),
        "attach": commands.attach(layout, "build", 5),
        "end": commands.end(layout, "build", grace_seconds=1),
        "switch": commands.switch(layout, layout.link),
        "revision": commands.revision(layout),
        "share": commands.share(layout, "media/\nconfig/local.ini"),
        "unit": commands.unit("shop.service", "system"),
        "digests": docker.digests(layout),
        "clean": commands.clean(layout, keep=3, previous=""),
        "inspection": commands.inspection(["/srv"], {"docker.io": "https://x/"}),
        "health": commands.health_check(commands.HealthCheck("http://x/", "", 1)),
    }


def test_names_on_the_server(layout: Layout) -> None:
    assert layout.release == "v7-aaaaaaaaaaaa"
    assert layout.link == "releases/v7-aaaaaaaaaaaa"
    assert layout.directory(layout.release).endswith("/srv/releases/v7-aaaaaaaaaaaa")
    assert layout.step("build").endswith("/srv/.oec/steps/v7/build")


PULLED = [
    f"{name}@sha256:{'a' * 64}"
    for name in ("shop", "acme/shop", "r.example.org/shop", "127.0.0.1:5000/shop")
]


@pytest.mark.parametrize(
    ("image", "number"),
    [
        ("shop", 0),
        ("shop:1.2", 0),
        ("docker.io/library/shop:1", 0),
        ("docker.io/acme/shop", 1),
        ("acme/shop:latest", 1),
        ("r.example.org/shop:1", 2),
        ("127.0.0.1:5000/shop", 3),
        ("127.0.0.1:5000/shop:1", 3),
    ],
)
def test_an_image_is_pinned_to_the_digest_of_its_own_repository(
    image: str, number: int
) -> None:
    assert registries.pinned(image, PULLED) == PULLED[number]
    assert registries.pinned(image, PULLED[:number] + PULLED[number + 1 :]) == ""


def test_what_is_executed_holds_no_value() -> None:
    layout = Layout("/srv/my shop", "the-project", 7, "the-deployment", COMMIT)
    assert commands.SHELL == "exec sh -s"
    receive = "exec sh '/srv/my shop/.oec/receive'"
    assert commands.receive_command(layout) == receive


@pytest.mark.parametrize("shell", SHELLS)
def test_every_script_is_well_formed(layout: Layout, shell: str) -> None:
    for name, script in _all(layout).items():
        check = subprocess.run(
            [shell, "-n"], input=script, text=True, capture_output=True, check=False
        )
        assert (name, check.stderr) == (name, "")


def test_a_script_that_arrives_in_part_does_nothing(
    layout: Layout, tmp_path: Path
) -> None:
    """A connection can be cut at any byte, and a shell runs what it got."""
    script = commands.prepare(
        layout, environment={"A": "b"}, kept=KEPT, grace_seconds=1
    ).encode()
    for cut in range(0, len(script) - len(b"main\n"), 97):
        subprocess.run(
            ["sh", "-s"], input=script[:cut], capture_output=True, check=False
        )
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("shell", SHELLS)
@pytest.mark.parametrize(
    "value",
    [
        "it's",
        "$(id) `id` $HOME \\n \\",
        "two\nlines\n\n",
        "".join(map(chr, range(1, 0x110))),
        "-n",
        "",
    ],
)
def test_a_command_reaches_the_server_as_it_was_written(
    layout: Layout, tmp_path: Path, value: str, shell: str
) -> None:
    step = tmp_path / "srv" / ".oec" / "steps" / "v7" / "build"
    step.parent.mkdir(parents=True)
    text = f"cat > /dev/null <<'END OF FILE'\n{value}\nEND OF FILE"

    _run(commands.start(layout, "build", text), shell)

    assert (step / "script").read_bytes() == text.encode() + b"\n"


def test_a_nul_cannot_be_sent(layout: Layout) -> None:
    with pytest.raises(ValueError, match="NUL"):
        commands.start(layout, "build", "a\0b")


@pytest.mark.parametrize("tool", ["git", "flock", "setsid", "find"])
def test_a_missing_tool_is_named(layout: Layout, tmp_path: Path, tool: str) -> None:
    directory = tmp_path / "bin"
    directory.mkdir()
    for name in {"git", "flock", "setsid", "find", "df", "sort", "sh"} - {tool}:
        (directory / name).symlink_to("/bin/true")
    done = subprocess.run(
        ["/bin/sh", "-s"],
        input=_all(layout)["prepare"].encode(),
        env={"PATH": str(directory)},
        capture_output=True,
        check=False,
    )
    assert done.returncode == 75
    assert _reply(done.stdout).facts("refused") == ["tool_missing"]
    assert f"tool={tool}".encode() in done.stdout


def test_a_server_that_is_full_is_refused(
    layout: Layout, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        "deployments.engine.commands.scripts.MINIMUM_FREE_BYTES", 1 << 60
    )
    refusal = _reply(_run(_all(layout)["prepare"])).refusal()
    assert refusal is not None
    assert refusal.code == "disk_full"
    assert int(refusal.facts["free_bytes"]) > 0


def test_a_number_that_was_used_again_is_nobody_to_end(
    layout: Layout, tmp_path: Path
) -> None:
    """After a restart of the server the number can be that of anybody."""
    step = tmp_path / "srv" / ".oec" / "steps" / "v6" / "build"
    step.mkdir(parents=True)
    with subprocess.Popen(["sleep", "60"], start_new_session=True) as bystander:
        (step / "pid").write_text(f"{bystander.pid} 1 some-other-boot\n")

        ready = _reply(_run(_all(layout)["prepare"])).has("ready")

        assert ready
        assert bystander.poll() is None
        bystander.kill()


def test_a_step_that_is_just_being_started_is_waited_for(
    layout: Layout, tmp_path: Path
) -> None:
    """A cut can come between the start of a step and the note of its number."""
    step = tmp_path / "srv" / ".oec" / "steps" / "v7" / "build"
    step.mkdir(parents=True)
    (step / "log").write_text("skipped, read")
    (step / "result").write_text("3\n")
    (step / "alive").touch()
    with subprocess.Popen(
        ["sh", "-s"], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as shell:
        starter = threading.Timer(0.3, (step / "pid").write_text, ["1 - -"])
        starter.start()
        script = commands.marked(commands.attach(layout, "build", 9), "here")
        output, _ = shell.communicate(script.encode())
        starter.join()
    ended = b"\x1eoec:\tended\tmark=here\tcode=3\tsize=13\tfull=\n"
    assert output == b"oec:\tfollowing\nread" + ended


def test_a_step_that_is_started_twice_runs_once(layout: Layout, tmp_path: Path) -> None:
    """The script of a cut connection and the one sent again can meet."""
    private = tmp_path / "srv" / ".oec"
    subprocess.run(
        ["sh", "-s"],
        input=_all(layout)["prepare"].encode(),
        capture_output=True,
        check=True,
    )
    (tmp_path / "srv" / "releases" / layout.release).mkdir()
    script = commands.start(layout, "build", f"echo run >> {tmp_path}/runs; exit 3")
    shells = [
        subprocess.Popen(["sh", "-c", script], stderr=subprocess.DEVNULL)
        for _ in range(5)
    ]
    assert [shell.wait(20) for shell in shells] == [0] * 5
    assert (tmp_path / "runs").read_text() == "run\n"
    assert (private / "steps" / "v7" / "build" / "result").read_text() == "3\n"


@pytest.mark.parametrize("chunk", [1, 3, 1000])
def test_replies_are_picked_out_of_the_output(chunk: int) -> None:
    data = (
        b"Welcome to shop1!\noec:\tknown\taa\noec:\tknown\tbb\noops\n"
        b"oec:\tfollowing\noec:\tknown\tcc\nno newline at the end"
    )
    output = bytearray()
    reader = ReplyReader(output.extend)
    for start in range(0, len(data), chunk):
        reader.feed(data[start : start + chunk])
    reader.close()

    assert reader.facts("known") == ["aa", "bb"]
    log = b"oec:\tknown\tcc\nno newline at the end"
    assert bytes(output) == b"Welcome to shop1!\noops\n" + log
    assert reader.followed == len(log)


@pytest.mark.parametrize("chunk", [1, 7, 1000])
def test_only_the_mark_ends_a_log(chunk: int) -> None:
    log = b"\x1eoec:\tended\tmark=other\tcode=0\n\x1e\x1eoec:\tend no newline"
    data = (
        b"oec:\tfollowing\n" + log + b"\x1eoec:\tended\tmark=m\tcode=4\tsize=9\nfull\n"
    )
    output = bytearray()
    reader = ReplyReader(output.extend, mark="m")
    for start in range(0, len(data), chunk):
        reader.feed(data[start : start + chunk])
    reader.close()

    assert bytes(output) == log + b"full\n"
    assert reader.followed == len(log)
    assert reader.fields("ended") == [{"mark": "m", "code": "4", "size": "9"}]


def test_an_answer_that_is_missing_is_a_failure_with_its_name() -> None:
    reader = ReplyReader(lambda _: None)
    reader.feed(b"oec:\tbare\noec:\trefused\n")
    assert (reader.facts("bare"), reader.refusal()) == ([""], None)
    with pytest.raises(EngineError, match="reply_missing") as missing:
        reader.fact("previous")
    assert missing.value.facts["detail"] == "previous"


def test_a_refusal_is_the_failure_it_names() -> None:
    reader = ReplyReader(lambda _: None)
    reader.feed(b"oec:\trefused\ttarget_busy\tholder=v3 (x=y)\tsince=now\n")
    refusal = reader.refusal()
    assert refusal is not None
    assert refusal.code == "target_busy"
    assert refusal.facts == {"holder": "v3 (x=y)", "since": "now"}


def test_a_flood_without_a_line_is_not_kept() -> None:
    output = bytearray()
    reader = ReplyReader(output.extend)
    for _ in range(100):
        reader.feed(bytes(10_000))
    assert len(output) > 900_000


def _run(script: str, shell: str = "sh") -> bytes:
    return subprocess.run(
        [shell, "-s"], input=script.encode(), capture_output=True, check=False
    ).stdout


def _reply(output: bytes) -> ReplyReader:
    reader = ReplyReader(lambda _: None)
    reader.feed(output)
    return reader
