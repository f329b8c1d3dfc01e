"""The Docker engine on the server: its daemon, containers and their options."""

from deployments.diagnosis.model import configuration, external, in_code, rule, unknown

FAILURES = (
    external(
        "docker_unavailable",
        "Docker does not run on the server",
        "The Docker engine on the server does not answer.",
        "Start the Docker service on the server, then retry.",
        probe="docker",
    ),
    external(
        "docker_not_permitted",
        "The user may not use Docker",
        "The deploying user may not use Docker on the server.",
        "Add the user to the docker group on the server, then retry.",
        probe="docker",
    ),
    external(
        "docker_version_mismatch",
        "Docker's client and engine do not fit together",
        "The Docker client and the Docker engine are of versions that do not speak to"
        " each other[: {detail}].",
        "Update Docker on the server, then retry.",
        probe="docker",
    ),
    external(
        "container_name_taken",
        "A container of this name exists already",
        "Another container already has the name[ {detail}].",
        "Remove or rename the other container on the server, then retry.",
        probe="docker",
    ),
    external(
        "docker_network_failed",
        "Docker cannot set up a network",
        "Docker could not set up the container's network[: {detail}].",
        "Remove unused networks or restart the Docker service on the server, then"
        " retry.",
        probe="docker",
    ),
    configuration(
        "container_options_invalid",
        "The container's settings are not accepted",
        "Docker does not accept the container's settings[: {detail}].",
        "Correct the container's options (ports, volumes, limits, network) in the"
        " environment.",
    ),
    configuration(
        "container_not_found",
        "A named container, network or volume does not exist",
        "There is no container, network or volume of the name[ {detail}] on the"
        " server.",
        "Correct the name in the environment's commands.",
        probe="docker",
    ),
    configuration(
        "container_command_not_found",
        "The image has no such program",
        "The container's command names a program[ {tool}] that the image does not"
        " have.",
        "Correct the command in the settings, or add the program to the image.",
    ),
    in_code(
        "entrypoint_broken",
        "The image's start script cannot run",
        "The start script of the image[ {path}] is missing or not executable.",
        "Correct it (path, first line, executable bit), push, and use Redeploy.",
    ),
    unknown(
        "container_not_running",
        "The container does not keep running",
        "The container ended or restarts again and again; why is not said here.",
        "Read the container's own log on the server.",
        probe="docker",
    ),
    unknown(
        "container_exited",
        "The new container ended",
        "The new container did not stay alive[: it ended with exit code {exit_code}].",
        "Its last words stand in the log. Choose: Redeploy for a fix in the code, Retry"
        " if something it needs was down.",
        probe="docker",
    ),
    unknown(
        "container_unhealthy",
        "The image's own health check failed",
        "The image's own health check calls the new container unhealthy[: {detail}].",
        "The container's last words stand in the log. Choose: Redeploy for a fix in"
        " the code, Retry if something it needs was down.",
        probe="docker",
    ),
    in_code(
        "compose_file_invalid",
        "The compose file is not valid",
        "The compose file of the repository is not valid[: {detail}].",
        "Correct the compose file, push, and use Redeploy.",
    ),
)

_COMMAND_LINE = r"^docker: |See 'docker run --help'|See 'docker .{0,40}--help'"

RULES = (
    rule(
        "docker_not_permitted",
        r"(?i)permission denied while trying to connect to the docker",
        r"docker\.sock.{0,80}permission denied",
    ),
    rule(
        "docker_unavailable",
        r"code = Unavailable desc = (?:error reading from server|transport is closing|"
        r"closing transport)",
        r"Cannot connect to the Docker daemon|Is the docker daemon running",
        r"error (?:during connect|waiting for container): |docker\.sock: connect: ",
        r"(?i)(?:lost connection to|connection to) (?:the )?docker(?: daemon)?",
        r"failed to (?:dial|connect to) .{0,40}containerd|containerd\.sock",
        r"UnixHTTPConnectionPool|An HTTP request took too long to complete",
    ),
    rule(
        "docker_version_mismatch",
        r"(?P<detail>client (?:version [\d.]{1,8} )?is (?:too|newer than).{1,80})",
    ),
    rule(
        "container_name_taken",
        r"The container name \"(?P<detail>[^\"\n]{1,100})\" is already in use",
        r"(?P<detail>(?:network|endpoint) with name \S{1,80}) already exists",
    ),
    rule(
        "docker_network_failed",
        r"(?P<detail>could not find an available, non-overlapping .{0,60}address pool)",
        r"(?P<detail>all predefined address pools have been fully subnetted)",
        r"(?P<detail>iptables.{0,20}: No chain/target/match by that name)",
        r"(?P<detail>(?:Unable to enable|failed to set up) .{0,40}(?:NAT|iptables))",
        r"network \S{1,80} was found but has (?P<detail>incorrect label .{1,80})",
    ),
    rule(
        "container_not_found",
        r"No such (?:container|network|volume|object)s?: (?P<detail>\S{1,100})",
        r"external volume \"(?P<detail>[^\"\n]{1,80})\" not found",
        r"network (?P<detail>\S{1,100}) (?:not found|declared as external)",
        r"context \"(?P<detail>[^\"\n]{1,60})\"(?: does not exist|: (?:context )?not "
        r"found)",
        r"no such service: (?P<detail>\S{1,100})",
    ),
    rule(
        "entrypoint_broken",
        r"exec: \"(?P<path>(?:\.{0,2}/)[^\"\n]{1,160})\": "
        r"(?:permission denied|stat |no such file)",
        r"exec user process caused:? \"?(?:no such file|permission denied)",
        r"exec (?P<path>(?:\.{0,2}/)\S{1,160}): (?:no such file|permission denied)",
    ),
    rule(
        "container_command_not_found",
        r"exec: \"(?P<tool>[^\"\n]{1,100})\": executable file not found",
        r"exec: \"(?P<tool>[^\"\n]{1,100})\": (?:stat .{0,80})?(?:no such file|"
        r"permission)",
    ),
    rule(
        "container_not_running",
        r"Container \w{1,80} is (?:not running|restarting|not started)",
        r"(?i)container .{0,80}exited \(\d",
        r"cannot (?:join network of|exec in) a (?:non running|stopped)",
    ),
    rule("health_check_failed", r"\"Status\": ?\"unhealthy\""),
    rule(
        "container_options_invalid",
        r"(?P<detail>invalid (?:hostPort|containerPort|port|publish|volume spec|"
        r"env).{0,80})",
        r"(?P<detail>[Ii]nvalid (?:hostPort|containerPort|restart policy|memory|"
        r"cpu).{0,80})",
        r"(?P<detail>Minimum memory limit .{0,60}|[Rr]ange of CPUs is from .{0,60})",
        r"(?P<detail>Duplicate mount point.{0,120})",
        r"(?P<detail>(?:logger: no log driver|unknown log opt|"
        r"invalid restart policy).{0,80})",
        r"(?P<detail>poorly formatted environment.{0,80})",
        r"(?P<detail>open \S{1,160}: no such file or directory)",
        r"(?P<detail>invalid (?:volume specification|mount config|mount path).{0,120})",
        r"(?P<detail>[Cc]onflicting options: .{0,80})",
        r"(?P<detail>unable to find user .{0,60})",
        beside=_COMMAND_LINE,
    ),
    rule(
        "container_options_invalid",
        r"(?P<detail>error mounting \".{0,200}|bind source path does not "
        r"exist.{0,120})",
        r"(?P<detail>mounting \\{0,7}\".{1,200} to rootfs .{0,200})",
        r"(?P<detail>\".{1,80}\" includes invalid characters for a local volume name)",
        r"(?P<detail>Are you trying to mount a directory onto a file)",
        r"(?P<detail>[Uu]nknown (?:or invalid )?runtime.{0,80})",
        r"exec: \"(?P<detail>[\w.-]{0,40}container-runtime)\": executable file not "
        r"found",
        r"(?P<detail>could not select device driver.{0,80})",
        r"(?P<detail>error gathering device information .{0,120})",
    ),
    rule("container_options_invalid", r"(?P<detail>invalid reference format.{0,80})"),
)

COMPOSE_RULES = (
    rule(
        "compose_file_invalid",
        r"(?P<detail>yaml: (?:line|unmarshal|mapping).{0,120})",
        r"(?P<detail>[Rr]eference \".{1,60}\" does not exist at line.{0,60})",
        r"(?P<detail>[Aa]dditional propert(?:y|ies) .{1,80}not allowed)",
        r"(?P<detail>service \".{1,60}\" (?:refers to|depends on) undefined .{0,80})",
        r"(?P<detail>invalid (?:mount config|volume spec|mount path|compose).{0,120})",
        r"(?P<detail>Unsupported config option.{0,80}|"
        r"The Compose file .{0,120}invalid)",
        r"(?P<detail>(?:services|volumes|networks)\.\S{1,60} (?:must|is|"
        r"contains).{0,80})",
        r"(?P<detail>has neither an image nor a build context)",
        r"(?P<detail>container \S{1,80} has no healthcheck configured)",
        r"(?P<detail>empty compose file|version in \".{1,60}\" is invalid)",
    ),
)

#: Asked last: what ended with these words has mostly said why before.
ENDS = (
    rule(
        "container_exited",
        r"^The container ended with exit code (?P<exit_code>\d{1,3})\.$",
        steps="check",
    ),
)
