"""docs/recipes/odoo.md, done as it says, with a stand-in for Odoo itself."""

import json
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from deployments.models import Deployment, Status
from tests.deployments.systemd import Systemd
from tests.ports import free_port
from tests.recipes import odoo
from tests.recipes.place import Place, log_of
from tests.recipes.recipe import Recipe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(
    tmp_path: Path, systemd: Systemd, make_place: Callable[[Recipe], Place]
) -> Place:
    """A server as the recipe prepares it, but for the file odoo.conf."""
    opt = tmp_path / "opt"
    recipe = Recipe(
        "odoo.md",
        {
            "/srv/odoo": str(tmp_path / "srv"),
            "/opt/odoo": str(opt),
            "8069": str(free_port()),
        },
    )
    _install_odoo(opt)
    unit = "/etc/systemd/system/odoo.service"
    systemd.install("odoo.service", recipe.file(unit))
    systemd.set(is_root=False)
    place = make_place(recipe)
    place.set_variable("ODOO_MODULES", "shop_sale")
    data = place.path / "shared" / "data"
    data.mkdir(parents=True)
    (data / "shop.json").write_text('{"base": "17.0.1.3"}')
    place.repository.commit("Begin", _module("17.0.1.0"))
    return place


def test_the_odoo_recipe_works(place: Place) -> None:
    failed = place.deploy()
    assert (failed.status, failed.error_code) == (Status.FAILED, "shared_file_missing")

    conf = place.path / "shared" / "odoo.conf"
    conf.write_text(place.recipe.file(str(conf)))
    first = place.retry(failed)

    assert first.status == Status.SUCCESS, log_of(first)
    assert _state(place) == ("17.0.1.0", "17.0.1.0")

    place.repository.commit("Two", _module("17.0.2.0"))
    database = place.path / "shared" / "data" / "shop.json"
    stopped = database.rename(database.with_suffix(".stopped"))
    down = place.deploy()
    assert _verdict(down) == ("database_unreachable", "retry"), log_of(down)
    assert (place.path / "current").resolve().name.startswith(f"v{first.version}-")

    stopped.rename(database)
    second = place.retry(down)
    assert second.status == Status.SUCCESS, log_of(second)
    assert _state(place) == ("17.0.2.0", "17.0.2.0")

    place.repository.commit("Three", _module("17.0.3.0", depends="shop_stock"))
    broken = place.deploy()
    assert _verdict(broken) == ("odoo_module_missing", "redeploy"), log_of(broken)
    assert "shop_sale" in broken.error_message
    assert _state(place) == ("17.0.2.0", "17.0.2.0"), "the old version serves"

    back = place.roll_back(second)
    assert back.status == Status.SUCCESS, log_of(back)
    assert back.release == first.release
    assert _state(place)[0] == "17.0.1.0"


def _verdict(failed: Deployment) -> tuple[str, str]:
    return failed.error_code, failed.advised_verb


def _state(place: Place) -> tuple[str, str]:
    """The version of our module that is served, and the one in the database."""
    state = json.loads(place.ask("/"))
    return state["code"]["shop_sale"], state["database"]["shop_sale"]


def _module(version: str, depends: str = "base") -> dict[str, str]:
    manifest = {"name": "Shop", "version": version, "depends": [depends]}
    return {"addons/shop_sale/__manifest__.py": repr(manifest)}


def _install_odoo(folder: Path) -> None:
    base = folder / "addons" / "base"
    base.mkdir(parents=True)
    manifest = {"name": "Base", "version": "17.0.1.3", "depends": []}
    (base / "__manifest__.py").write_text(repr(manifest))
    program = folder / ".venv" / "bin" / "odoo"
    program.parent.mkdir(parents=True)
    words = shlex.join([sys.executable, "-I", str(odoo.__file__)])
    program.write_text(f'#!/bin/sh\nexec {words} "$@"\n')
    program.chmod(0o755)
