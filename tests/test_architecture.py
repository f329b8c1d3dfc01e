"""The rules of the house that a machine can check.

Who may import whom stands in pyproject.toml; style and complexity are ruff's.
"""

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterable, Iterator
from itertools import pairwise
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
APPS = ("oec", "projects", "deployments")
MAX_LINES = 250
MAX_TEST_LINES = 400
#: What may be longer, each with its reason.
LONGER = {
    "deployments/lifecycle.py": "all transitions of a deployment stand in one place",
    "oec/settings.py": "one flat list of settings reads better than a tour of rooms",
}
MAX_TEMPLATE_LINE = 200

#: What each word would let in, and the only files that may use it.
FORBIDDEN = {
    r"shell=True": "a command becomes a matter of quoting",
    r"os\.system|os\.popen": "a command becomes a matter of quoting",
    r"AutoAddPolicy|WarningPolicy": "any machine could answer for the server",
    r"StrictHostKeyChecking=(no|off)": "any machine could answer for the server",
    r"""fields\s*=\s*["']__all__["']""": "clients could set what the server owns",
    r"csrf_exempt": "other sites could press the buttons",
    r"mark_safe|\|\s*safe\b|autoescape off": "output could become markup",
    r"\.extra\(|RawSQL": "input could become SQL",
    r"\b(pickle|marshal)\b|yaml\.load\(": "data could become code",
    r"getattr\(settings,": "a setting of ours would have a second default",
    r"innerHTML|insertAdjacentHTML|document\.write": "text could become markup",
    r"FIXME|XXX|HACK|TODO(?! #\d+)": "work left over belongs to a numbered issue",
}
#: Of what was it told, found, shown? A name says what the thing is.
EMPTY_WORDS = {"told", "found", "given", "shown", "asked", "one"}
#: Names that a framework looks for in every module.
EXPECTED_NAMES = {"Command", "Migration"}
EXPECTED_MODULES = {"oec/postgresql/base.py"}
#: Modules that no framework may reach, so that they are tested and reused without one.
DOMAIN = ("services", "runner", "lifecycle", "pipeline", "events", "tasks")


def sources(*suffixes: str) -> Iterator[Path]:
    folders = (*APPS, "templates", "static", "benchmarks")
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.suffix in suffixes and "vendor" not in path.parts:
                yield path


def modules() -> Iterator[tuple[str, ast.Module]]:
    for path in sources(".py"):
        name = str(path.relative_to(ROOT))
        if "migrations" not in path.parts:
            yield name, ast.parse(path.read_text(), name)


def test_the_architecture_page_tells_the_layers_that_are_checked() -> None:
    tools = tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]
    checked = {
        contract["containers"][0]: [
            re.sub("[()]", "", layer) for layer in contract["layers"]
        ]
        for contract in tools["importlinter"]["contracts"]
        if contract["type"] == "layers"
    }
    page = (ROOT / "docs" / "architecture.md").read_text()
    described = re.findall(r"within `([\w./]+)/`:\n\n```\n(.*?)\n```", page, re.DOTALL)
    assert {
        folder.replace("/", "."): layers.splitlines() for folder, layers in described
    } == checked


def test_every_module_imports_only_what_lies_below_it() -> None:
    linter = Path(sys.executable).with_name("lint-imports")
    finished = subprocess.run(
        [linter, "--no-logo", "--no-cache"], cwd=ROOT, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stdout + finished.stderr


@pytest.mark.parametrize("pattern", FORBIDDEN)
def test_no_source_contains(pattern: str) -> None:
    places = [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for path in sources(".py", ".html", ".js")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if re.search(pattern, line)
    ]
    assert not places, f"{FORBIDDEN[pattern]}:\n" + "\n".join(places)


def test_only_lifecycle_writes_the_status_of_a_deployment() -> None:
    writers = {name for name, tree in modules() if any(status_writes(tree))}
    assert {
        name
        for name in writers
        if not name.startswith(("deployments/lifecycle", "deployments/services"))
    } == set()


def test_services_write_the_status_only_of_new_rows() -> None:
    for name, tree in modules():
        if name.startswith("deployments/services"):
            moved = [node.lineno for node in status_writes(tree) if not creates(node)]
            assert not moved, f"{name}: lines {moved}"


def status_writes(tree: ast.AST) -> Iterator[ast.stmt | ast.expr]:
    """Assignments to ``.status`` and keyword arguments that would store one."""
    for node in ast.walk(tree):
        match node:
            case ast.Assign(targets=targets) if any(map(is_status, targets)):
                yield node
            case ast.AugAssign(target=target) | ast.AnnAssign(target=target):
                if is_status(target):
                    yield node
            case ast.Call(keywords=keywords) if stores(node):
                if any(keyword.arg == "status" for keyword in keywords):
                    yield node


def is_status(target: ast.expr) -> bool:
    return isinstance(target, ast.Attribute) and target.attr == "status"


def stores(call: ast.Call) -> bool:
    name = getattr(call.func, "attr", getattr(call.func, "id", ""))
    return name in {
        *("update", "create", "bulk_create", "get_or_create", "update_or_create"),
        *("Deployment", "_move", "_transition"),
    }


def creates(node: ast.AST) -> bool:
    return isinstance(node, ast.Call) and (
        getattr(node.func, "attr", "") == "create"
        or getattr(node.func, "id", "") == "Deployment"
    )


def test_only_the_outer_edge_of_the_runner_catches_everything() -> None:
    broad = {
        name
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.ExceptHandler) and catches_everything(node)
    }
    assert {
        name for name in broad if not name.startswith("deployments/runner")
    } == set()


def catches_everything(handler: ast.ExceptHandler) -> bool:
    caught = [] if handler.type is None else list(ast.walk(handler.type))
    names = {node.id for node in caught if isinstance(node, ast.Name)}
    return handler.type is None or bool(names & {"Exception", "BaseException"})


def test_the_domain_knows_no_http_and_no_rest_framework() -> None:
    places = [
        f"{name} imports {imported}"
        for name, tree in modules()
        if name.startswith(tuple(f"deployments/{module}" for module in DOMAIN))
        for imported in imports(tree)
        if imported.startswith(("django.http", "rest_framework", "django.shortcuts"))
    ]
    assert places == []


def test_nothing_happens_behind_a_signal() -> None:
    places = [
        f"{name} imports {imported}"
        for name, tree in modules()
        for imported in imports(tree)
        if imported.startswith(("django.dispatch", "django.db.models.signals"))
    ]
    assert places == []


def imports(tree: ast.AST) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_no_module_outgrows_its_room() -> None:
    longer = longer_than(MAX_LINES, sources(".py", ".css", ".js", ".html"))
    # A reason that nothing needs any more goes too.
    assert longer == LONGER.keys()


def test_no_test_file_outgrows_its_subject() -> None:
    assert longer_than(MAX_TEST_LINES, (ROOT / "tests").rglob("*.py")) == set()


def longer_than(limit: int, paths: Iterable[Path]) -> set[str]:
    return {
        str(path.relative_to(ROOT))
        for path in paths
        if len(path.read_text().splitlines()) > limit and "migrations" not in path.parts
    }


def test_no_line_of_a_template_is_too_long_to_read() -> None:
    too_long = [
        f"{path.relative_to(ROOT)}:{number}"
        for path in sources(".html")
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if len(line) > MAX_TEMPLATE_LINE
    ]
    assert too_long == []


def test_templates_ask_the_routes_where_the_api_is() -> None:
    places = [
        str(path.relative_to(ROOT))
        for path in sources(".html")
        if "/api/v1/" in path.read_text()
    ]
    assert places == []


def test_every_module_has_a_name_that_says_what_is_in_it() -> None:
    vague = {
        "utils",
        "util",
        "helpers",
        "manager",
        "managers",
        "common",
        "misc",
        "base",
    }
    named = {name for name, _ in modules() if Path(name).stem in vague}
    assert named == EXPECTED_MODULES


def test_every_name_says_what_the_thing_is() -> None:
    places = [
        f"{name}:{line} {word}"
        for name, tree in worded_modules()
        for word, line in names_given(tree)
        if word.strip("_") in EMPTY_WORDS
    ]
    assert places == []


def worded_modules() -> Iterator[tuple[str, ast.Module]]:
    for name, tree in modules():
        if not name.startswith("benchmarks/"):
            yield name, tree


def names_given(tree: ast.AST) -> Iterator[tuple[str, int]]:
    """To variables, attributes, parameters, functions and classes, with the line."""
    for node in ast.walk(tree):
        match node:
            case ast.Name(id=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.Attribute(attr=name, ctx=ast.Store()):
                yield name, node.lineno
            case ast.arg(arg=name):
                yield name, node.lineno
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.ClassDef(name=name)
            ):
                yield name, node.lineno


def test_no_two_classes_share_a_name() -> None:
    """One within another counts as that one's: ``Beat.Kind`` is no other ``Kind``."""
    places: dict[str, list[str]] = {}
    for name, tree in worded_modules():
        for node in tree.body:
            if isinstance(node, ast.ClassDef) and node.name not in EXPECTED_NAMES:
                places.setdefault(node.name, []).append(name)
    assert {name: where for name, where in places.items() if len(where) > 1} == {}


def test_what_a_name_stands_for_is_said_above_it() -> None:
    """In ``#:`` comments, which tools read; not in a string below the assignment."""
    below = [
        f"{name}:{after.lineno}"
        for name, tree in modules()
        for scope in ast.walk(tree)
        if isinstance(scope, ast.Module | ast.ClassDef)
        for before, after in pairwise(scope.body)
        if isinstance(before, ast.Assign | ast.AnnAssign)
        and isinstance(after, ast.Expr)
        and isinstance(after.value, ast.Constant)
    ]
    assert below == []


def test_regular_expressions_match_to_the_very_end() -> None:
    """In Python ``$`` also matches before a line feed at the end; ``\\Z`` does not."""
    places = [
        f"{name}:{node.lineno}"
        for name, tree in modules()
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and getattr(node.func, "attr", getattr(node.func, "id", ""))
        in {"compile", "match", "fullmatch", "RegexValidator"}
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and str(node.args[0].value).endswith("$")
    ]
    assert places == []
