"""The user of the deployment may not do something on the server."""

from deployments.diagnosis.model import external, rule

FAILURES = (
    external(
        "permission_denied",
        "The deploying user lacks a right on the server",
        "The deploying user may not read, write or run something on the server[:"
        " {path}].",
        "Correct the owner or the rights on the server, then retry.",
        probe="write_permission",
    ),
    external(
        "selinux_denied",
        "The server's security policy forbids it",
        "The security policy of the server (SELinux or AppArmor) forbids an access.",
        "Label the files rightly or extend the policy on the server, then retry.",
        probe="write_permission",
    ),
)

CERTAIN = (
    rule(
        "permission_denied",
        r"PermissionError: \[Errno 13\] .{0,60}: '(?P<path>[^'\n]{1,160})'",
        r"EACCES: permission denied, \w{1,20} '(?P<path>[^'\n]{1,160})'",
        r"(?P<path>/\S{1,160}): directory is not writable",
        r"(?P<path>/\S{1,160}) (?:directory )?must be present and writable",
    ),
)

RULES = (
    rule("selinux_denied", r"avc: {1,2}denied|apparmor=\"DENIED\""),
    rule(
        "permission_denied",
        r"Unable to create '(?P<path>[^'\n]{1,160})': Permission denied",
        r"['‘\"](?P<path>/?[^'’\"\n]{1,160})['’\"]:? (?i:permission denied|"
        r"operation not)",
        r"(?P<path>/[^\s:'\"]{1,160})['’\"]?: (?i:permission denied|"
        r"operation not permitted)",
        r"are you root\?|you cannot perform this operation unless you are root",
        r"\b(?:EACCES|EPERM)\b|PermissionError|Errno::EACCES",
        r"(?i)permission denied|operation not permitted|insufficient permissions?",
        r"must be (?:run as )?(?:root|superuser)|requires? root|need to be root",
        unless=r"curl: \(",
    ),
)
