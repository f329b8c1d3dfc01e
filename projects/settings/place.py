"""Where an environment runs, and what is done there in every runtime."""

from projects import syntax, validators
from projects.settings.choices import EnvironmentType, Runtime
from projects.settings.model import Group, Setting, ValueKind, command

_WHERE = Group("Where it runs", fieldset="What and where")
_COMMANDS = Group("Commands", fieldset="How")

PLACE = (
    Setting(
        name="name",
        group=_WHERE,
        kind=ValueKind.LINE,
        most=100,
        is_required=True,
        validators=(validators.validate_plain_text,),
        apart="",
    ),
    Setting(
        name="type",
        group=_WHERE,
        kind=ValueKind.CHOICE,
        choices=EnvironmentType,
        default=EnvironmentType.DEVELOPMENT,
        is_required=True,
        apart="",
    ),
    Setting(
        name="git_branch",
        group=_WHERE,
        kind=ValueKind.LINE,
        title="Git branch",
        most=200,
        default="main",
        is_required=True,
        validators=(validators.validate_branch,),
    ),
    Setting(name="server", group=_WHERE, kind=ValueKind.SERVER, default=None),
    Setting(
        name="runtime",
        group=_WHERE,
        kind=ValueKind.CHOICE,
        choices=Runtime,
        default=Runtime.SHELL,
        is_required=True,
        apart="How",
        since=1,
    ),
    Setting(
        name="deploy_path",
        group=_WHERE,
        kind=ValueKind.LINE,
        help="Absolute folder on the server that belongs to this environment.",
        most=500,
        is_required=True,
        validators=(validators.validate_deploy_path,),
        tidy=syntax.tidy_path,
        since=1,
    ),
)

COMMANDS = (
    command(
        "build_command",
        _COMMANDS,
        help="Runs in the new release, before it is live.",
        since=1,
    ),
    command(
        "release_command",
        _COMMANDS,
        help="Runs after the build, for example migrations.",
        since=1,
    ),
    command(
        "verify_command",
        _COMMANDS,
        help="Runs after the release command and before the switch, such as gunicorn "
        "--check-config. If it fails, the version before is not touched.",
        since=4,
    ),
    command(
        "after_command",
        _COMMANDS,
        help="Runs at the end, when the release is live and healthy. If it fails, that "
        "is noted and changes nothing.",
        since=2,
    ),
)
