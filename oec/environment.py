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

#: What a shell, systemd and docker compose read alike: no blank around the sign, and
#: nothing that one of them expands, escapes or goes on with in the next line.
_IGNORED = re.compile(r"[ \t]*(?:#[^\r\0]*)?(?<!\\)")
_ASSIGNMENT = re.compile(
    r"[ \t]*(?P<name>[A-Za-z_][A-Za-z0-9_]*)="
    r"(?:(?P<plain>[\w./:@%+,=*?!^\[\]{}-]*)"
    r"|'(?P<single>[^'\\\x00-\x1f\x7f\ufffd]*)'"
    r'|"(?P<double>[^"\\$`\x00-\x1f\x7f\ufffd]*)")[ \t]*',
    re.ASCII,
)
#: So many lines are named at most.
MOST_LINES = 5

#: What every process reads or writes in the data folder, "" being the folder itself.
_USED = (
    *("", "encryption_keys", "secret_key", "token_key"),
    *("mirrors", "broker", "broker/queue", "broker/control"),
)


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


def add_variables_of_file(name: str, *, beside: Path) -> None:
    """Let the environment file say what the environment itself does not.

    Without a ``name`` it is ``.env`` in the folder ``beside``, if there is one. Raises
    ImproperlyConfigured, which shows nothing of what stands in the file.
    """
    file = Path(name or beside / ".env")
    try:
        text = file.read_bytes().decode(errors="replace")
    except FileNotFoundError:
        if not name:
            return
        raise ImproperlyConfigured(
            f"There is no environment file {file}. Make it, or correct OEC_ENV_FILE."
        ) from None
    except OSError as error:
        raise ImproperlyConfigured(
            f"The environment file {file} cannot be read ({error.strerror}). Give it to"
            " the group of the user that runs OEC, or let OEC_ENV_FILE name another."
        ) from error
    for variable, value in _variables(text, file).items():
        os.environ.setdefault(variable, value)


def make_data_folder(folder: Path) -> None:
    """Raises ImproperlyConfigured when it is not there for this user to write to."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise ImproperlyConfigured(
            f"The data folder {folder} cannot be made ({error.strerror}). Let"
            " OEC_DATA_DIR name another, or give its place to this user."
        ) from error
    for path in (folder / name for name in _USED):
        needed = os.R_OK | (os.W_OK | os.X_OK if path.is_dir() else 0)
        if path.exists() and not os.access(path, needed):
            place = f"{path.name} in the data folder" if path != folder else ""
            raise ImproperlyConfigured(
                f"{place or 'The data folder'} {folder} belongs to user"
                f" {path.stat().st_uid} and cannot be used by user {os.geteuid()}. Run"
                " OEC as its owner, or give the data folder and all in it to this user."
            )


def _variables(text: str, file: Path) -> dict[str, str]:
    """By name; of two lines for one name the later counts."""
    variables: dict[str, str] = {}
    refused: list[str] = []
    for number, line in enumerate(text.split("\n"), 1):
        if match := _ASSIGNMENT.fullmatch(line):
            value = match["plain"] or match["single"] or match["double"] or ""
            variables[match["name"]] = value
        elif not _IGNORED.fullmatch(line):
            refused.append(str(number))
    if refused:
        more = ", …" if len(refused) > MOST_LINES else ""
        raise ImproperlyConfigured(
            f"{file}, line {', '.join(refused[:MOST_LINES])}{more}: a shell, systemd"
            " and docker compose would not read this alike. Write NAME=value without"
            " export, blanks around the sign, backslashes or carriage returns, and put"
            " what has other characters than letters, digits and _./:@%+,=*?!^[]{}-"
            " between single quotes."
        )
    return variables


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
