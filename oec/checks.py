"""What ``manage.py check`` says of the machine that OEC runs on."""

import shutil
from collections.abc import Iterator
from filecmp import cmp
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.apps import StaticFilesConfig
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.checks import CheckMessage, Error, Warning
from django.db import DatabaseError, InterfaceError

from oec.database import UNMIGRATED, prove_write, trouble
from oec.storage import COLLECT, ModuleManifestStaticFilesStorage


def git(**_: Any) -> list[CheckMessage]:
    """Only a worker needs it; this may be another machine."""
    if shutil.which("git"):
        return []
    return [
        Warning(
            "There is no program git here, so a worker can deploy nothing.",
            hint="Install it where workers run: apt-get install git.",
            id="oec.W002",
        )
    ]


def static_files(**_: Any) -> list[CheckMessage]:
    """Not collected at all, or before the last upgrade."""
    if not isinstance(staticfiles_storage, ModuleManifestStaticFilesStorage):
        return []
    outdated = next(_not_collected(), None)
    if outdated is None:
        return []
    return [
        Warning(
            f"The static files of pages are not collected, such as {outdated}.",
            hint=COLLECT,
            id="oec.W003",
        )
    ]


def database(**_: Any) -> list[CheckMessage]:
    """Whether it takes a write; ``migrate --check`` says what it lacks."""
    try:
        prove_write()
    except (DatabaseError, InterfaceError) as error:
        reason = trouble(error)
        if reason is None:
            raise
        if reason is UNMIGRATED:
            return []
        return [Error(reason.detail, hint=f"{reason.remedy} ({error})", id="oec.E001")]
    return []


def _not_collected() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list(StaticFilesConfig.ignore_patterns):
            collected = Path(settings.STATIC_ROOT, name)
            if not collected.is_file() or not cmp(storage.path(name), collected):
                yield name


#: Asked by ``manage.py check`` alone: before the first migration there is nothing yet.
CHECKS = (git, static_files, database)
