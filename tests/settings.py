"""Settings of a test run: the real ones, with data of its own and quick passwords."""

import atexit
import os
import shutil
import tempfile
from pathlib import Path

from tests.backends import MIGRATED, chosen

# Parallel test processes are gw0, gw1 …; each has its own folder and Redis database.
_process = os.environ.get("PYTEST_XDIST_WORKER", "gw0").removeprefix("gw")
_folder = Path(
    tempfile.mkdtemp(prefix="oec-test-", dir=os.environ.get("OEC_TEST_FOLDER"))
)
atexit.register(shutil.rmtree, _folder, ignore_errors=True)

# Nothing of the developer's own configuration reaches a test.
for _name in list(os.environ):
    if _name.startswith("OEC_") and not _name.startswith("OEC_TEST_"):
        del os.environ[_name]
if (chosen() == "postgres") != ("OEC_TEST_DATABASE_URL" in os.environ):
    raise RuntimeError("Run the tests with: OEC_TEST_BACKEND=postgres python -m tests")
os.environ["OEC_ENV_FILE"] = os.devnull
os.environ["OEC_DATA_DIR"] = str(_folder)
os.environ["OEC_ALLOW_LOCAL_GIT"] = "true"
os.environ["OEC_GIT_ALLOWED_HOSTS"] = "127.0.0.1"
os.environ["DATABASE_URL"] = os.environ.get(
    "OEC_TEST_DATABASE_URL", f"sqlite:///{_folder}/oec.sqlite3"
)
os.environ["REDIS_URL"] = ""
if "OEC_TEST_REDIS_URL" in os.environ:
    os.environ["REDIS_URL"] = f"{os.environ['OEC_TEST_REDIS_URL']}/{_process}"

from oec.settings import *  # noqa: E402, F403
from oec.settings import DATABASES, INSTALLED_APPS, STATIC_ROOT, STORAGES  # noqa: E402

if DATABASES["default"]["ENGINE"] == "django.db.backends.sqlite3":
    # Threads and processes share a file; they cannot share a database in memory.
    DATABASES["default"]["TEST"] = {"NAME": str(_folder / "test.sqlite3")}
else:
    DATABASES["default"]["TEST"] = {"TEMPLATE": MIGRATED}

# For its management command alone.
INSTALLED_APPS += ["tests"]
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STATIC_ROOT.mkdir()
STORAGES["staticfiles"] = {
    "BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"
}
