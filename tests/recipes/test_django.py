"""docs/recipes/django.md, done as it says."""

from collections.abc import Callable
from pathlib import Path

import pytest

from deployments.models import Status
from tests.deployments.systemd import Systemd
from tests.ports import free_port
from tests.recipes import django_project
from tests.recipes.place import Place, log_of
from tests.recipes.recipe import Recipe

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def place(
    tmp_path: Path, systemd: Systemd, make_place: Callable[[Recipe], Place]
) -> Place:
    """A server as the recipe prepares it, but for the file .env."""
    path = tmp_path / "srv"
    recipe = Recipe("django.md", {"/srv/shop": str(path), "8000": str(free_port())})
    unit = "/etc/systemd/system/shop.service"
    systemd.install("shop.service", recipe.file(unit))
    systemd.set(is_root=False)
    django_project.install_python(systemd.programs)
    place = make_place(recipe)
    settings = recipe.file("shop/settings.py")
    place.repository.commit("Begin", django_project.files(settings))
    return place


def test_the_django_recipe_works(place: Place) -> None:
    failed = place.deploy()
    assert (failed.status, failed.error_code) == (Status.FAILED, "shared_file_missing")
    env = place.path / "shared" / ".env"
    assert str(env) in failed.error_message

    env.write_text(place.recipe.file(str(env)))
    media = place.path / "shared" / "media"
    media.mkdir()
    (media / "logo").write_text("uploaded")
    first = place.retry(failed)

    assert first.status == Status.SUCCESS, log_of(first)
    assert place.ask("/") == "one uploaded"
    assert (place.path / "current/static/style.css").exists()

    place.repository.commit("Break", {"shop/greeting.py": "import carts\n"})
    broken = place.deploy()
    assert (broken.status, broken.advised_verb) == (Status.FAILED, "redeploy")
    assert "carts" in broken.error_message
    assert place.ask("/") == "one uploaded"

    place.repository.commit("Two", {"shop/greeting.py": "GREETING = 'two'\n"})
    second = place.deploy()
    assert second.status == Status.SUCCESS, log_of(second)
    assert place.ask("/") == "two uploaded"

    back = place.roll_back(second)
    assert back.status == Status.SUCCESS, log_of(back)
    assert back.release == first.release
    assert place.ask("/") == "one uploaded"
