"""What an operator wrote into the environment, and one sentence for what is wrong."""

import os
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from difflib import get_close_matches
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured
from environs import EnvError, EnvValidationError, ValidationError

#: What commands of a deployment are given, perhaps one that deploys OEC itself.
OF_DEPLOYMENTS = {
    *("OEC_DEPLOYMENT_ID", "OEC_VERSION", "OEC_COMMIT", "OEC_BRANCH"),
    *("OEC_ENVIRONMENT", "OEC_RELEASE_PATH", "OEC_DEPLOY_PATH"),
}


@contextmanager
def told_in_one_sentence() -> Iterator[None]:
    """End the process with a sentence where its settings are wrong."""
    try:
        yield
    except ImproperlyConfigured as error:
        raise SystemExit(f"OEC cannot start. {error}") from None
    except EnvError as error:
        raise SystemExit(f"OEC cannot start. {_sentence(error)}") from None


def between(least: float, most: float) -> Callable[[float], None]:
    """Validates a number."""

    def check(number: float) -> None:
        if not least <= number <= most:
            raise ValidationError(f"Give it a number from {least:g} to {most:g}.")

    return check


def redis_address(url: str) -> None:
    """Validates an address of Redis, or none."""
    if url and urlsplit(url).scheme not in {"redis", "rediss"}:
        raise ValidationError("Write it as redis://host:6379/0.")


def check_names(variables: Mapping[str, str], known: Collection[str]) -> None:
    """Refuse a name that is nearly one of ours: what it says would not count.

    Raises ImproperlyConfigured.
    """
    for name in sorted(variables):
        if not name.startswith("OEC_") or name in OF_DEPLOYMENTS | set(known):
            continue
        if nearest := get_close_matches(name, known, n=1, cutoff=0.85):
            raise ImproperlyConfigured(
                f"{name} is no setting. Perhaps {nearest[0]} is meant? Correct or"
                " remove it."
            )


def make_data_folder(folder: Path) -> None:
    """Raises ImproperlyConfigured when it is not there for this user to write to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {folder} cannot be made ({error.strerror}). Let"
            " OEC_DATA_DIR name another, or give its place to this user."
        ) from error
    if not os.access(folder, os.R_OK | os.W_OK | os.X_OK):
        raise ImproperlyConfigured(
            f"The data folder {folder} belongs to user {folder.stat().st_uid} and"
            f" cannot be used by user {os.geteuid()}. Run OEC as its owner, or give the"
            " folder and all in it to this user."
        )


def _sentence(error: EnvError) -> str:
    name = re.search('"([A-Z_]+)"', str(error))
    if name is None or not isinstance(error, EnvValidationError):
        return str(error)
    if name[1] == "DATABASE_URL":
        # What it says may hold a password.
        return (
            "DATABASE_URL is no address of a database. Write it as"
            " postgresql://user:password@host:5432/name, or sqlite:///path."
        )
    return f"{name[1]}: {' '.join(map(str, error.error_messages))}"
