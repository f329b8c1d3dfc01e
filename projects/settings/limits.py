"""When a release is healthy, how long anything may take, how much is kept."""

from projects import validators
from projects.settings.model import (
    DAY_SECONDS,
    Group,
    Setting,
    ValueKind,
    command,
    limit,
)

_HEALTH = Group("Health check", fieldset="How")
_LIMITS = Group("Limits")

HEALTH = (
    Setting(
        name="health_check_url",
        group=_HEALTH,
        kind=ValueKind.LINE,
        title="health check URL",
        help="Asked on the server itself until it answers 2xx or 3xx.",
        most=500,
        validators=(validators.validate_health_check_url,),
        since=1,
    ),
    Setting(
        name="health_check_host",
        group=_HEALTH,
        kind=ValueKind.LINE,
        title="Host header",
        help="Sent with the health check instead of the URL's own host, such as "
        "www.example.org.",
        most=253,
        validators=(validators.validate_health_check_host,),
        since=3,
    ),
    Setting(
        name="health_check_insecure",
        group=_HEALTH,
        kind=ValueKind.SWITCH,
        title="accept any certificate",
        help="The health check also passes with a self-signed certificate, or one of "
        "another name.",
        default=False,
        is_required=True,
        since=3,
    ),
    command(
        "health_check_command",
        _HEALTH,
        help="Repeated on the server until it ends with 0.",
        since=1,
    ),
    limit(
        "health_check_timeout_seconds",
        _HEALTH,
        60,
        help="How long the health check may take.",
        apart="Limits",
        since=1,
    ),
    Setting(
        name="start_grace_seconds",
        group=_HEALTH,
        kind=ValueKind.NUMBER,
        title="start grace",
        help="A port that still refuses connections after this many seconds fails the "
        "health check; with 0 it is asked until the time of the check is over.",
        unit="seconds",
        most=DAY_SECONDS,
        default=0,
        is_required=True,
        apart="Limits",
        since=4,
    ),
)

LIMITS = (
    limit(
        "step_timeout_seconds",
        _LIMITS,
        1800,
        help="How long one step may take.",
        since=1,
    ),
    limit(
        "silence_timeout_seconds",
        _LIMITS,
        600,
        help="How long a step may print nothing.",
        since=1,
    ),
    limit(
        "total_timeout_seconds",
        _LIMITS,
        3600,
        help="How long a whole deployment may take.",
        since=1,
    ),
    Setting(
        name="keep_releases",
        group=_LIMITS,
        kind=ValueKind.NUMBER,
        help="Finished releases kept on the server.",
        unit="releases",
        least=1,
        most=100,
        default=5,
        is_required=True,
        since=1,
    ),
    Setting(
        name="is_enabled",
        group=_LIMITS,
        kind=ValueKind.SWITCH,
        default=True,
        is_required=True,
        apart="",
    ),
)
