"""Names, commands, variables."""

import re
import unicodedata

RESERVED_VARIABLES = frozenset(
    {
        "BASH_ENV",
        "ENV",
        "HOME",
        "IFS",
        "LD_AUDIT",
        "LD_LIBRARY_PATH",
        "LD_PRELOAD",
        "PATH",
        "PWD",
        "PYTHONPATH",
        "PYTHONSTARTUP",
        "SHELL",
    }
)
#: Names to which dash or bash give a value of their own, or refuse another one.
SHELL_VARIABLES = frozenset(
    "_ BASH BASHOPTS BASHPID BASH_ALIASES BASH_ARGC BASH_ARGV BASH_ARGV0 BASH_CMDS "
    "BASH_COMMAND BASH_LINENO BASH_SOURCE BASH_SUBSHELL BASH_VERSINFO BASH_VERSION "
    "BASH_XTRACEFD DIRSTACK EPOCHREALTIME EPOCHSECONDS EUID FUNCNAME GROUPS HISTCMD "
    "LINENO OLDPWD OPTARG OPTERR OPTIND PIPESTATUS PPID PS4 RANDOM SECONDS SHELLOPTS "
    "SHLVL SRANDOM UID".split()
)
RESERVED_PREFIXES = ("DOCKER_", "GIT_", "OEC_", "SSH_")
#: Characters that turn the direction of what follows: they disguise a name.
DIRECTION_OVERRIDES = frozenset(
    map(chr, [0x61C, 0x200E, 0x200F, *range(0x202A, 0x202F), *range(0x2066, 0x206A)])
)
#: Those, controls but for line feeds and tabs, and surrogates.
_DISGUISE = re.compile(
    "[\0-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff" + "".join(DIRECTION_OVERRIDES) + "]"
)
_VARIABLE_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]{0,127}")


def check_plain_text(text: str) -> None:
    """One line that a person typed: no control characters, not only spaces."""
    if not text.strip():
        raise ValueError("This may not be empty.")
    _refuse_disguises(text)


def check_prose(text: str) -> None:
    """Lines that a person typed, or none."""
    _refuse_disguises(text.replace("\n", "").replace("\t", ""))


def visible(text: str) -> str:
    """What came from elsewhere, with escapes for what would disguise the rest of it."""
    return _DISGUISE.sub(lambda mark: ascii(mark[0])[1:-1], text)


def is_disguised(text: str) -> bool:
    """Whether there is anything in it that ``visible`` shows as an escape."""
    return _DISGUISE.search(text) is not None


def _refuse_disguises(text: str) -> None:
    if any(_is_control(char) for char in text):
        raise ValueError("Control characters are not allowed here.")
    if not DIRECTION_OVERRIDES.isdisjoint(text):
        raise ValueError("Text direction overrides are not allowed here.")


def _is_control(char: str) -> bool:
    # Cc: controls, Cs: surrogates.
    return unicodedata.category(char) in {"Cc", "Cs"}


def check_command(text: str) -> None:
    if "\0" in text:
        raise ValueError("A command may not contain NUL characters.")


def check_variable_name(name: str) -> None:
    if not _VARIABLE_NAME.fullmatch(name):
        raise ValueError(
            "A variable's name has letters, digits and _, and starts with no digit."
        )
    if name in RESERVED_VARIABLES or name.startswith(RESERVED_PREFIXES):
        raise ValueError(f"{name} is reserved: it would change how commands are run.")
    if name in SHELL_VARIABLES:
        raise ValueError(
            f"{name} is reserved: shells give it a value of their own. Write env "
            f"{name}=… before the program that needs it, or choose another name."
        )


def check_variable_value(value: str) -> None:
    if "\0" in value:
        raise ValueError("A value may not contain NUL characters.")
    if len(value.encode("utf-8", "surrogatepass")) > 32 * 1024:
        raise ValueError("A value may have 32 KiB at most.")
    if any("\ud800" <= char <= "\udfff" for char in value):
        raise ValueError("A value must be valid Unicode text.")
