"""What is said of each setting."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from enum import Enum
from itertools import groupby
from typing import Any, Final

from django.db.models import TextChoices

from projects.validators import validate_command

DAY_SECONDS = 86_400
#: Stands where one value is the same as another.
SAME: Final = object()


class ValueKind(Enum):
    """What a value is; the words are those of the documentation."""

    LINE = "text"
    BLOCK = "text of several lines"
    NUMBER = "whole number"
    CHOICE = "choice"
    SWITCH = "yes or no"
    SERVER = "server of the organization"


@dataclass(frozen=True, slots=True)
class Group:
    """Settings that people see together, in the order of the table.

    ``runtime`` is the only one that reads them; empty when all do. ``fieldset`` is the
    group's title in the administration, where that is another.
    """

    title: str
    runtime: str = ""
    fieldset: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Setting:
    """All there is to say of it.

    ``title`` says the name in other words than its own, in lower case like those.
    ``least`` and ``most`` are the bounds of a number, ``most`` also the characters that
    a text may have. ``is_required`` means never empty: without a default it has to be
    given. ``tidy`` makes what is stored of what somebody wrote. ``apart`` is the
    administration's fieldset of it, if not its group's; empty for the one without a
    title.

    ``since`` is the first schema of frozen configurations that has it; None when it is
    never frozen, but read as it is at the moment. ``first_default`` is what it came
    with, once the default is another.
    """

    name: str
    group: Group
    kind: ValueKind
    title: str = ""
    help: str = ""
    unit: str = ""
    least: int = 0
    most: int = 0
    choices: type[TextChoices] | None = None
    default: Any = ""
    is_required: bool = False
    is_secret: bool = False
    validators: tuple[Callable[[str], None], ...] = ()
    tidy: Callable[[str], str] | None = None
    apart: str | None = None
    since: int | None = None
    first_default: Any = field(default=SAME, repr=False)

    def __post_init__(self) -> None:
        if self.is_secret and self.since is not None:
            raise ValueError(f"{self.name}: a frozen configuration is plain text.")

    @property
    def words(self) -> str:
        """What people call it."""
        return self.title or self.name.replace("_", " ")

    @property
    def runtime(self) -> str:
        """The only runtime that reads it; empty when all do."""
        return self.group.runtime

    @property
    def fieldset(self) -> str:
        """The title above it in the administration."""
        if self.apart is not None:
            return self.apart
        return self.group.fieldset or self.group.title

    @property
    def must_be_given(self) -> bool:
        return self.is_required and self.default == ""

    @property
    def unset(self) -> Any:
        """What a release means that was frozen before the setting existed.

        It never changes: the digest of a configuration counts what differs from it.
        """
        return self.default if self.first_default is SAME else self.first_default


def command(name: str, group: Group, *, help: str, since: int) -> Setting:
    """What a shell is told to do; empty means nothing."""
    return Setting(
        name=name,
        group=group,
        kind=ValueKind.BLOCK,
        help=help,
        most=8192,
        validators=(validate_command,),
        since=since,
    )


def limit(
    name: str, group: Group, default: int, *, help: str, since: int, **more: Any
) -> Setting:
    """How long something may take, from one second to a day."""
    return Setting(
        name=name,
        group=group,
        kind=ValueKind.NUMBER,
        help=help,
        unit="seconds",
        least=1,
        most=DAY_SECONDS,
        default=default,
        is_required=True,
        since=since,
        **more,
    )


def grouped(settings: Iterable[Setting]) -> list[tuple[Group, list[Setting]]]:
    """As people see them: each group once, with its settings."""
    by_group = groupby(settings, key=lambda setting: setting.group)
    return [(group, list(members)) for group, members in by_group]
