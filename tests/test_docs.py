"""What the documentation says is so, and what there is to say is said."""

import ast
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.conf import settings

from deployments.services.verbs import EVERY
from oec.environment import add_variables_of_file

ROOT = Path(__file__).resolve().parent.parent
PAGES = [
    *sorted(ROOT.glob("*.md")),
    *sorted(ROOT.glob("[a-z]*/README.md")),
    *sorted((ROOT / "docs").rglob("*.md")),
]
NAMING = {".html", ".js", ".md", ".py"}
OURS = {path.name for path in ROOT.iterdir() if path.is_dir()}


def settings_read() -> Iterator[tuple[str, ast.expr | None]]:
    """Each variable that oec/settings.py reads, and its default."""
    for node in ast.walk(ast.parse((ROOT / "oec/settings.py").read_text())):
        match node:
            case ast.Call(
                func=ast.Attribute(value=ast.Name(id="env")),
                args=[ast.Constant(value=str(name)), *default],
            ):
                yield name, default[0] if default else None


def settings_documented() -> dict[str, str]:
    text = (ROOT / ".env.example").read_text()
    return dict(re.findall(r"^#([A-Z_]+)=(.*)", text, re.MULTILINE))


def test_the_example_names_every_setting_and_no_other() -> None:
    assert sorted(settings_documented()) == sorted(dict(settings_read()))


@pytest.mark.parametrize("page", [".env.example", "operations.md"])
def test_what_is_told_as_an_environment_file_is_read_as_one(
    page: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(os, "environ", {})
    text = (ROOT / ".env.example").read_text()
    if page == "operations.md":
        text = code_after("`/etc/oec.env`")
    lines = re.sub(r"^#([A-Z_]+=)", r"\1", text, flags=re.MULTILINE)
    (tmp_path / ".env").write_text(lines)
    add_variables_of_file("", beside=tmp_path)
    assert set(os.environ) - {"PYTEST_CURRENT_TEST"} == set(
        re.findall(r"^([A-Z_]+)=", lines, re.MULTILINE)
    )


def test_the_example_tells_the_real_defaults() -> None:
    documented = settings_documented()
    for name, default in settings_read():
        match default:
            case ast.Constant(value=bool(value)):
                assert documented[name] == str(value).lower(), name
            case ast.Constant(value=str() | int() | float() as value):
                # An address that is empty by default is shown by example.
                assert documented[name] == str(value) or name == "REDIS_URL", name
            case ast.List(elts=elements):
                values = [ast.literal_eval(element) for element in elements]
                assert documented[name] == ",".join(values), name


def test_the_connections_to_plan_for_are_those_that_are_opened() -> None:
    text = (ROOT / "docs" / "operations.md").read_text()
    most = int(settings_documented()["OEC_DATABASE_POOL_SIZE"])
    assert f"`OEC_DATABASE_POOL_SIZE` ({most})" in text
    assert f"which is {2 * most + 2 + 3} for one of each" in text


def code_after(sentence: str) -> str:
    """The first block of code of operations.md that follows."""
    text = (ROOT / "docs" / "operations.md").read_text()
    return text.partition(sentence)[2].split("```")[1]


def test_nginx_lets_every_body_through_that_oec_takes() -> None:
    code = code_after("and for nginx")
    lines = [line.partition("#")[0].strip() for line in code.strip().splitlines()]
    assert {line[-1] for line in lines} == {";", "{", "}"}
    assert [line[-1] for line in lines if line[-1] in "{}"] == ["{", "}"]
    said = [
        (name, value.rstrip(";"))
        for name, value in (line.split(maxsplit=1) for line in lines if line != "}")
    ]
    assert {
        ("listen", "443 ssl"),
        ("http2", "on"),
        ("proxy_set_header", "Host $host"),
        ("proxy_set_header", "X-Forwarded-For $proxy_add_x_forwarded_for"),
        ("proxy_set_header", "X-Forwarded-Proto $scheme"),
    } <= set(said)

    # A little more than OEC takes: a larger body gets OEC's own answer.
    most = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    megabytes = re.fullmatch(r"(\d+)m", dict(said)["client_max_body_size"])
    assert megabytes
    assert most < int(megabytes[1]) * 2**20 < 2 * most
    assert f"up to {most / 2**20:g} MB" in code


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_links_between_pages_lead_somewhere(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#\s]+)(?:#[^)]*)?\)", page.read_text())
    broken = [
        target
        for target in targets
        if "://" not in target and not (page.parent / target).exists()
    ]
    assert broken == []


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_chore_that_a_page_names_is_in_the_makefile(page: Path) -> None:
    known = set(re.findall(r"^([a-z-]+):", (ROOT / "Makefile").read_text(), re.M))
    named = set(re.findall(r"(?:`|^)make ([a-z-]+)", page.read_text(), re.M))
    assert named <= known


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_setting_that_a_page_names_is_read(page: Path) -> None:
    named = re.findall(r"\b(?:OEC_[A-Z_]+|DATABASE_URL|REDIS_URL)\b", page.read_text())
    of_the_tests = {"OEC_TEST_BACKEND", "OEC_TEST_REQUIRE_ALL"}
    others = of_the_tests | told_to_commands()
    assert set(named) - others <= set(dict(settings_read()))


def told_to_commands() -> set[str]:
    """The variables that the commands of an environment get on the server."""
    engine = ROOT / "deployments/engine"
    text = (engine / "pipeline/server.py").read_text()
    step = (engine / "commands/sh/run.sh").read_text()
    return set(re.findall(r'"(OEC_[A-Z_]+)":', text)) | set(
        re.findall(r"export (OEC_[A-Z_]+)", step)
    )


def test_the_verbs_are_told_as_they_are_described() -> None:
    rows = [
        f"| `{verb.name}` {verb.label} | {verb.effect} "
        f"| {', '.join(verb.fits) or 'environments'} |"
        for verb in EVERY
    ]
    text = (ROOT / "docs/api.md").read_text()
    table = text.partition("| verb | what it does |")[2].partition("\n\n")[0]
    assert table.splitlines()[2:] == rows


@pytest.mark.parametrize("folder", ["deployments", "docs", "oec", "projects", "static"])
def test_every_file_that_prose_names_is_there(folder: str) -> None:
    """In pages, docstrings and comments; what stands in quotes may be elsewhere."""
    places = [path for path in (ROOT / folder).rglob("*") if path.suffix in NAMING]
    gone = [
        f"{path.relative_to(ROOT)}: {file}"
        for path in places
        for file in re.findall(r"(?<![\w/.\"'-])(\w+/[\w./-]+\.\w+)", path.read_text())
        if file.split("/")[0] in OURS and not (ROOT / file).exists()
    ]
    assert gone == []
