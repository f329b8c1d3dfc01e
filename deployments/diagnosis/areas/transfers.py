"""Files that do not arrive, or not whole: scp, sftp and archives."""

from deployments.diagnosis.model import external, rule

FAILURES = (
    external(
        "upload_failed",
        "The server could not store a file",
        "The server could not store a transferred file[ {path}]; SSH does not say why"
        " (mostly a full disk or a wrong kind of file in its place).",
        "Check the free disk space and that path on the server, then retry.",
        probe="disk",
    ),
    external(
        "transfer_damaged",
        "A file arrived damaged",
        "A transferred file is not complete or has a wrong checksum[: {detail}].",
        "Retry; if it happens again, check the network and the disk.",
    ),
)

RULES = (
    rule(
        "path_missing",
        r"^scp: (?:dest open|realpath|stat|open local|local) \"?"
        r"(?P<path>[^\"\n:]{1,160})"
        r"\"?: No such file",
        r"^scp: (?P<path>[^\s:]{1,160}): (?:No such file or directory|Is a directory|"
        r"not a"
        r" directory)",
        r"(?:remote open|remote (?:stat|opendir))\W{1,4}\"?"
        r"(?P<path>[^\"\n]{1,160}?)\"?: No"
        r" such file",
        r"rsync: (?:\[\w{1,20}\] )?(?:mkdir|change_dir#?\d?|push_dir#?\d?|link_stat) "
        r"\"(?P<path>[^\"\n]{1,160})\".{0,40} failed: No such file",
        r"in _convert_status\n[^\n]{0,80}\n?FileNotFoundError: \[Errno 2\] No such"
        r" file$",
        steps="transfer",
    ),
    rule(
        "command_usage",
        r"rsync: (?P<detail>.{1,60}: unknown option|.{1,60}: invalid .{1,40})",
        r"rsync error: (?P<detail>syntax or usage error)",
        r"^(?P<detail>The source and destination cannot both be remote)",
    ),
    rule(
        "tool_missing",
        r"(?P<tool>rsync|scp|sftp-server|tar): (?:command )?not found",
        steps="transfer",
    ),
    rule("transfer_damaged", r"BadZipFile: (?P<detail>.{1,100})", steps="transfer"),
    rule(
        "upload_failed",
        r"(?:dest open|remote (?:open|write)|[Cc]ouldn't (?:write to|open|"
        r"create) remote file)\W{1,4}(?P<path>[^\"\n]{0,160}?)\"?: (?:Failure|"
        r"No such file)",
        r"^scp: (?:failed to upload file|remote fsetstat|local .{0,40}write)",
        r"^OSError: Failure$|sftp: .{0,160}: Failure$",
    ),
    rule(
        "transfer_damaged",
        r"rsync error: (?P<detail>(?:error in (?:rsync protocol data stream|socket IO)|"
        r"protocol incompatibility).{0,60})",
        r"(?P<detail>some files vanished before they could be transferred)",
        r"(?P<detail>computed checksums? did NOT match)",
        r"(?P<detail>tar: .{0,40}(?:Unexpected EOF|does not look like a tar))",
        r"gzip: .{0,60}(?P<detail>unexpected end of file|not in gzip format|crc error)",
        r"(?P<detail>End-of-central-directory signature not found|zipfile corrupt)",
        r"(?P<detail>[Ii]nvalid or corrupt jarfile .{1,100})",
        r"pg_restore: error: (?P<detail>(?:input file (?:is too short|does not appear)|"
        r"unexpected end of file|could not read from input file).{0,60})",
        r"xz: .{0,60}(?P<detail>Unexpected end of input|File format not recognized)",
    ),
)
