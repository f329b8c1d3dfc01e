"""Pages, administration and API ask, call a service, and answer; nothing else."""

import ast
import re
from collections.abc import Callable, Iterator

from tests.test_architecture import modules

DOOR = re.compile(r"(projects|deployments)/(views|admin|api)/")
#: Signing in and out has no service: what it writes is the session.
SIGN_IN = {"projects/views/people.py", "projects/api/tokens.py"}
#: That a family of tokens has ended is written where its tokens are read.
TOKENS = {"projects/api/authentication.py"}
#: Accounts are written by Django's own administration, for superusers alone.
ACCOUNTS = {"projects/admin/people.py"}


def users_of(wanted: Callable[[ast.AST], bool]) -> set[str]:
    return {name for name, tree in modules() for node in ast.walk(tree) if wanted(node)}


def called(node: ast.AST) -> str:
    """``client_address`` of ``client_address(…)``, ``audit.record`` of its call."""
    return ast.unparse(node.func) if isinstance(node, ast.Call) else ""


def raised(node: ast.AST) -> str:
    if not isinstance(node, ast.Raise) or node.exc is None:
        return ""
    return ast.unparse(node.exc).partition("(")[0]


def test_one_function_says_who_acts_from_where() -> None:
    callers = users_of(lambda node: called(node) == "client_address")
    assert callers == {"projects/callers.py", *SIGN_IN}


def test_one_module_says_who_may() -> None:
    refusing = users_of(lambda node: raised(node) == "PermissionMissing")
    assert refusing == {"projects/permissions.py"}


def test_only_the_administration_refuses_as_django_does() -> None:
    refusing = users_of(lambda node: raised(node) == "PermissionDenied")
    assert refusing == {
        "deployments/admin/bulk.py",
        "deployments/admin/force.py",
        "projects/admin/entrance.py",
    }


def test_no_door_writes_by_itself() -> None:
    writing = {name for name in users_of(writes) if DOOR.match(name)}
    assert writing == SIGN_IN | TOKENS | ACCOUNTS


def writes(node: ast.AST) -> bool:
    """A row, past the services. Forms only gather: they ``save(commit=False)``."""
    receiver, _, act = called(node).rpartition(".")
    if act in {"save", "delete"}:
        return not any(
            argument in {"commit", "commit=False"} for argument in said(node)
        )
    if act == "record":
        return receiver == "audit"
    stores = {"create", "update", "bulk_create", "get_or_create", "update_or_create"}
    return act in stores and "objects" in receiver


def said(node: ast.AST) -> Iterator[str]:
    """The arguments of a call, as they are written."""
    assert isinstance(node, ast.Call)
    yield from map(ast.unparse, (*node.args, *node.keywords))


def test_what_would_be_a_write_of_its_own_is_recognized() -> None:
    for line in (
        "row.save(update_fields=['name'])",
        "row.delete()",
        "audit.record(user, 'x', row)",
        "Server.objects.filter(pk=1).update(name='x')",
    ):
        assert any(map(writes, ast.walk(ast.parse(line)))), line
    for line in ("formset.save(commit=False)", "context.update(more)", "found.add(1)"):
        assert not any(map(writes, ast.walk(ast.parse(line)))), line
