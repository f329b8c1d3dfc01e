"""A small Django project as it would stand in a repository, and a stand-in for pip."""

import sys
from pathlib import Path

import django

MANAGE = """\
import os
import sys

from django.core.management import execute_from_command_line

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
execute_from_command_line(sys.argv)
"""
ASGI = """\
import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "shop.settings")
application = get_asgi_application()
"""
MORE_SETTINGS = """\
ROOT_URLCONF = "shop.urls"
INSTALLED_APPS = ["django.contrib.sessions", "django.contrib.staticfiles", "shop"]
"""
URLS = """\
from django.conf import settings
from django.db import connection
from django.http import HttpResponse
from django.urls import path

from shop.greeting import GREETING


def healthz(request):
    with connection.cursor() as cursor:
        cursor.execute("SELECT count(*) FROM shop_shoe")
    return HttpResponse("well")


def home(request):
    logo = settings.MEDIA_ROOT / "logo"
    return HttpResponse(f"{GREETING} {logo.read_text()}")


urlpatterns = [path("healthz", healthz), path("", home)]
"""
MODELS = """\
from django.db import models


class Shoe(models.Model):
    size = models.IntegerField()
"""
MIGRATION = """\
from django.db import migrations, models


class Migration(migrations.Migration):
    operations = [
        migrations.CreateModel("Shoe", [("id", models.AutoField(primary_key=True)),
            ("size", models.IntegerField())]),
    ]
"""
# The interpreter makes real virtual environments; without a network they borrow what is
# installed here, and pip only looks whether that is enough.
PYTHON = """\
#!/bin/sh
set -e
if [ "$1 $2" = "-m venv" ]; then
    {python} -m venv --without-pip "$3"
    (cd "$3"/lib/python3*/site-packages && echo {site_packages} > here.pth)
    printf '#!/bin/sh\\nexec "${{0%%/*}}/python" {pip} "$@"\\n' > "$3/bin/pip"
    chmod +x "$3/bin/pip"
else
    exec {python} "$@"
fi
"""
PIP = """\
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

*_, requirements = sys.argv
for name in Path(requirements).read_text().split():
    try:
        version(name)
    except PackageNotFoundError:
        sys.exit(f"ERROR: No matching distribution found for {name}")
"""


def files(settings: str) -> dict[str, str]:
    """The repository's files; ``settings`` is what the recipe tells about them."""
    return {
        "manage.py": MANAGE,
        "requirements.txt": "django\nuvicorn\n",
        "shop/__init__.py": "",
        "shop/asgi.py": ASGI,
        "shop/settings.py": settings + MORE_SETTINGS,
        "shop/urls.py": URLS,
        "shop/models.py": MODELS,
        "shop/migrations/__init__.py": "",
        "shop/migrations/0001_initial.py": MIGRATION,
        "shop/greeting.py": "GREETING = 'one'\n",
        "shop/static/style.css": "body { color: black }\n",
    }


def install_python(folder: Path) -> None:
    """Put ``python3`` into ``folder``."""
    pip = folder / "pip.py"
    pip.write_text(PIP)
    python = folder / "python3"
    site_packages = Path(django.__file__).parent.parent
    python.write_text(
        PYTHON.format(python=sys.executable, site_packages=site_packages, pip=pip)
    )
    python.chmod(0o755)
