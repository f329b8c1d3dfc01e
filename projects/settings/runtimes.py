"""What only one way of running an application reads."""

from projects import syntax, validators
from projects.settings.choices import Runtime, UnitScope
from projects.settings.model import Group, Setting, ValueKind, command

_SHELL = Group("On the server itself", Runtime.SHELL)
_DOCKER = Group("The container", Runtime.DOCKER)

SHELL = (
    Setting(
        name="shared_paths",
        group=_SHELL,
        kind=ValueKind.BLOCK,
        help="Files and directories (with a slash at the end) that all releases share, "
        "one per line, such as config/local.ini or media/.",
        most=4096,
        validators=(validators.validate_shared_paths,),
        tidy=syntax.tidy_shared_paths,
        since=2,
    ),
    command(
        "activate_command",
        _SHELL,
        help="Runs in the new release when it has become current, before the restart.",
        since=2,
    ),
    Setting(
        name="systemd_unit",
        group=_SHELL,
        kind=ValueKind.LINE,
        title="systemd unit",
        help="Restarted when the new release has become current, such as shop.service.",
        most=255,
        validators=(validators.validate_systemd_unit,),
        since=2,
    ),
    Setting(
        name="systemd_scope",
        group=_SHELL,
        kind=ValueKind.CHOICE,
        title="systemd scope",
        help="Whose unit it is: the system's (through sudo) or the account's own.",
        choices=UnitScope,
        default=UnitScope.SYSTEM,
        is_required=True,
        since=2,
    ),
    command(
        "restart_command",
        _SHELL,
        help="Restarts the application, after the unit if there is one.",
        since=1,
    ),
    Setting(
        name="application_logs",
        group=_SHELL,
        kind=ValueKind.BLOCK,
        title="log files of the application",
        help="One per line, in the release (logs/gunicorn.log) or anywhere "
        "(/var/log/shop.log). What they have gained since the switch is shown, and "
        "searched for the cause, when the new release fails.",
        most=2048,
        validators=(validators.validate_application_logs,),
        since=4,
    ),
)

DOCKER = (
    Setting(
        name="docker_image",
        group=_DOCKER,
        kind=ValueKind.LINE,
        title="image",
        help="Pulled and run. Leave it empty to build the commit's Dockerfile.",
        most=255,
        validators=(validators.validate_image,),
        since=2,
    ),
    Setting(
        name="dockerfile",
        group=_DOCKER,
        kind=ValueKind.LINE,
        title="Dockerfile",
        help="Its path in the repository.",
        most=255,
        default="Dockerfile",
        validators=(validators.validate_relative_path,),
        tidy=syntax.tidy_path,
        since=2,
    ),
    Setting(
        name="docker_network",
        group=_DOCKER,
        kind=ValueKind.LINE,
        title="network",
        help="bridge, host, none, or the name of a network on the server.",
        most=128,
        default="bridge",
        is_required=True,
        validators=(validators.validate_network,),
        since=2,
    ),
    Setting(
        name="docker_ports",
        group=_DOCKER,
        kind=ValueKind.BLOCK,
        title="published ports",
        help="One per line: 127.0.0.1:8069:8069 publishes port 8069 of the container "
        "on the server's own address. There is a short gap at each switch.",
        most=2048,
        validators=(validators.validate_ports,),
        tidy=syntax.tidy_ports,
        since=2,
    ),
    Setting(
        name="docker_volumes",
        group=_DOCKER,
        kind=ValueKind.BLOCK,
        title="volumes",
        help="One per line: filestore:/var/lib/odoo or /srv/shop/media:/media:ro.",
        most=4096,
        validators=(validators.validate_volumes,),
        tidy=syntax.tidy_volumes,
        since=2,
    ),
    Setting(
        name="docker_domain",
        group=_DOCKER,
        kind=ValueKind.LINE,
        title="domain",
        help="The name under which Traefik on the server leads to the container. Old "
        "and new run side by side until the new one is healthy.",
        most=253,
        validators=(validators.validate_host,),
        since=2,
    ),
    Setting(
        name="docker_port",
        group=_DOCKER,
        kind=ValueKind.NUMBER,
        title="port in the container",
        help="Where the application listens, for Traefik.",
        least=1,
        most=65535,
        default=None,
        since=2,
    ),
)
