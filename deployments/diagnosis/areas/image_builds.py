"""The build of an image: its Dockerfile, and the builder's own store."""

from deployments.diagnosis.model import external, in_code, rule, unknown

FAILURES = (
    in_code(
        "dockerfile_invalid",
        "The Dockerfile cannot be built",
        "The Dockerfile is wrong or names a file that the repository does not have[:"
        " {detail}].",
        "Correct the Dockerfile or add the file, push, and use Redeploy.",
    ),
    external(
        "image_store_damaged",
        "Docker's own store of images is damaged",
        "Docker on the server cannot use its own store of images and layers[:"
        " {detail}].",
        "Clear it on the server (docker builder prune, docker system prune), then"
        " retry.",
        probe="docker",
    ),
    unknown(
        "image_build_failed",
        "A command of the Dockerfile failed",
        "A command of the Dockerfile failed[: {detail}].",
        "Read what it printed. Choose: Redeploy for a fix in the code, Retry if"
        " something it needs was down.",
    ),
)

#: Printed when the commands run inside the build of an image.
IMAGE_BUILD = (
    r"^Step \d{1,3}/\d|^#\d{1,3} (?:\[|\d)|^ ?> \[[^\]\n]{1,80}\d/\d{1,3}\] |"
    r"(?:command '|process \"|running \[)/bin/"
    r"(?:ba)?sh -c"
)

#: Asked before the registry, where the builder looks for a stage of that name.
STAGES = (rule("dockerfile_invalid", r"(?P<detail>invalid from flag value \S{1,80})"),)

RULES = (
    rule(
        "path_missing",
        r"unable to prepare context: path \"(?P<path>[^\"\n]{1,160})\" not found",
        r"(?:in Dockerfile path: lstat|failed to read dockerfile: open) "
        r"(?P<path>(?!(?:\S{0,160}/)?Dockerfile:)\S{1,160}): no such file",
    ),
    rule(
        "image_store_damaged",
        r"(?P<detail>failed to (?:load|compute) cache key: (?:content digest|"
        r"unlazy).{0,80})",
        r"(?P<detail>failed to get edge.{0,60}|inconsistent graph state)",
        r"(?P<detail>parent snapshot \S{1,100} does not exist)",
        r"(?P<detail>failed to (?:prepare extraction snapshot|register layer).{0,80})",
    ),
    rule(
        "dockerfile_invalid",
        r"(?P<detail>[Dd]ockerfile parse error.{0,120}|unknown instruction: .{0,60})",
        r"(?:COPY|ADD) failed: (?P<detail>.{1,160})",
        r"(?P<detail>\"/[^\"\n]{1,120}\":? not found)",
        r"(?P<detail>forbidden path outside the build context.{0,80})",
        r"(?P<detail>failed to (?:read dockerfile|process \").{0,120})",
        r"(?P<detail>failed to (?:compute cache key|walk|calculate checksum)"
        r".{0,200}(?:not found|no such file|not a directory).{0,40})",
        r"(?P<detail>failed to (?:compute cache key|calculate checksum)"
        r".{0,120}invalid.{0,40})",
        r"(?P<detail>unable to (?:evaluate symlinks in Dockerfile|"
        r"prepare context).{0,120})",
        r"(?P<detail>Cannot locate specified Dockerfile.{0,80})",
        r"(?P<detail>(?:failed to solve|target stage).{0,60}could not be (?:found|"
        r"reached))",
        r"(?P<detail>(?:failed to parse stage name|base name .{0,60}should not be"
        r" blank).{0,80})",
        r"(?P<detail>[Nn]o build stage in current context|file with no instructions)",
        r"(?P<detail>failed to reach build target .{1,80}|circular dependency .{1,60})",
        r"(?P<detail>(?:FROM|ARG|ENV|COPY|ADD|USER|WORKDIR|EXPOSE|ENTRYPOINT|CMD|LABEL|"
        r"HEALTHCHECK|ONBUILD) (?:requires|must|can't|is not).{1,80})",
        r"(?P<detail>When using (?:COPY|ADD) with more than one source file.{0,80})",
        r"(?P<detail>The command '/bin/sh -c' returned a non-zero code)",
        r"(?P<detail>Syntax error - can't find = in .{1,60}|Unknown flag: .{1,40})",
        steps="build transfer prepare activate",
    ),
    rule(
        "dockerfile_invalid",
        r"(?P<detail>unable to find (?:user|group) .{1,60})",
        r"(?P<detail>invalid reference format.{0,80})",
        r"(?P<detail>(?i:invalid (?:containerPort|port|signal|user|restart)).{1,80})",
        r"(?P<detail>the working directory '.{1,80}' is invalid)",
        steps="build",
        beside=IMAGE_BUILD,
        unless=r"for \"-\w|docker run --help|--tag",
    ),
)

#: Asked last: what ended with these words has mostly said why before.
ENDS = (
    rule(
        "image_build_failed",
        r"The command '(?P<detail>[^\n]{1,200})' returned a non-zero code",
        r"process \"(?P<detail>[^\n]{1,200})\" did not complete successfully",
        steps="build",
    ),
)
