"""Something the machine has too little of; it makes everything after it fail."""

from deployments.diagnosis.model import configuration, external, rule, unknown

FAILURES = (
    external(
        "disk_full",
        "The disk is full",
        "There is no space left on the disk[ of {path}][ ({free_bytes} bytes free)].",
        "Free or add disk space (also free inodes), then retry.",
        probe="disk",
    ),
    external(
        "quota_exceeded",
        "A quota is used up",
        "A quota for storage or use is exceeded[: {detail}].",
        "Raise the quota or free what it counts, then retry.",
        probe="disk",
    ),
    external(
        "read_only_filesystem",
        "The file system is read-only",
        "The file system can only be read, not written[: {path}].",
        "Find out why it was mounted read-only (often a disk fault), then retry.",
        probe="write_permission",
    ),
    external(
        "disk_damaged",
        "The server's disk reports errors",
        "A disk of the server cannot be read or written (input/output error).",
        "Check the disk and its file system on the server, then retry.",
        probe="disk",
    ),
    external(
        "out_of_memory",
        "The memory was not enough",
        "A process was ended because the memory was not enough.",
        "Give the server more memory or swap, or raise the limit it ran into, then"
        " retry.",
        probe="memory",
    ),
    unknown(
        "process_killed",
        "The process was killed",
        "The process was ended from outside (SIGKILL); by whom and why is not said.",
        "See on the server whether the memory ran out (dmesg, docker inspect) or"
        " somebody ended it.",
        probe="memory",
    ),
    external(
        "kernel_limit_reached",
        "A limit of the operating system is reached",
        "A limit of the operating system is reached[: {detail}].",
        "Raise the limit on the server, then retry.",
    ),
    external(
        "shared_memory_full",
        "The shared memory was not enough",
        "The database or program ran out of shared memory.",
        "Give its container or machine more shared memory, then retry.",
        probe="memory",
    ),
    external(
        "clock_wrong",
        "A clock is wrong",
        "A signature or certificate is not valid yet: a clock is wrong.",
        "Set the server's clock (time synchronization), then retry.",
        probe="clock",
    ),
    configuration(
        "environment_too_large",
        "Variables or arguments are too large",
        "The command could not start: its variables and arguments together are larger"
        " than the system allows.",
        "Shorten the environment's variables (put long values into files) and deploy"
        " again.",
    ),
)

RULES = (
    rule("environment_too_large", r"Argument list too long|\bE2BIG\b"),
    rule(
        "kernel_limit_reached",
        r"(?P<detail>System limit for number of file watchers reached)",
        r"(?P<detail>inotify (?:watch|instances?) limit reached)",
        r"(?P<detail>(?i:too many open files))",
        r"(?:fork|pthread_create|clone|thread\w{0,8}).{0,60}(?P<detail>Resource "
        r"temporarily"
        r" unavailable)",
        r"(?P<detail>can't start new thread|unable to create new native thread)",
    ),
    rule(
        "shared_memory_full",
        r"could not (?:resize|map|open) (?:anonymous )?shared memory",
        r"dev/shm.{0,80}No space left",
        r"ERROR: {1,2}out of shared memory",
    ),
    rule(
        "disk_full",
        r"(?i)no space left on device",
        r"\bENOSPC\b|PG::DiskFull|DiskFull\b",
        r"(?i)(?:not enough|insufficient) (?:free )?(?:disk |storage )?space",
        r"You don't have enough free space",
        r"could not (?:extend|write to) file .{0,120}(?:wrote only|at block)",
        r"(?i)database or disk is full|disk full|(?:file ?system|volume|disk) is full",
        r"The table '.{1,80}' is full|Errcode: 28\b|Got error 28 ",
        r"(?:Could not|unable to|cannot) write new index file",
        r"error: unable to write file ",
    ),
    rule(
        "quota_exceeded",
        r"(?i)(?P<detail>disk quota exceeded)",
        r"\b(?P<detail>EDQUOT)\b",
        r"(?i)(?P<detail>over its (?:data )?quota)",
        r"(?i)(?P<detail>(?:project|storage|usage) quota (?:is |was |has been )?"
        r"(?:exceeded|reached))",
        r"(?i)(?P<detail>larger .{0,40}than the allowed quota)",
        r"(?i)(?P<detail>(?:exceed(?:s|ed|ing)?|reached) (?:\w{1,20} ){0,4}quota)",
    ),
    rule(
        "read_only_filesystem",
        r"(?i)(?P<path>/[^\s'’:]{1,160})['’]?: read-only file system",
        r"(?i)read-only file ?system|\bEROFS\b",
    ),
    rule("disk_damaged", r"(?i)input/output error|\bEIO\b|structure needs cleaning"),
    rule("process_killed", r"(?i)\boom(?:Killed)?\"?[:=] ?false", beside=r"\b137\b"),
    rule(
        "process_killed",
        r"(?i)^.{0,80}\b(?:ready|listening|serving|started|running|accepting)\b",
        steps="activate check",
        exit_codes=(137,),
        unless=r"(?i)\boom\b|out of memory|oom.?kill|heap|allocat|MemoryError|ENOMEM",
    ),
    rule(
        "out_of_memory",
        r"^\s{0,8}Killed\s{0,8}$",
        r": line \d{1,6}: {1,4}\d{1,8} Killed\b",
        r"Killed process \d{1,8}|Killed signal terminated program|fatal error: Killed",
        r"(?i)oom[-_ ]?kill|\boom=true|\"OOMKilled\": ?true",
        r"(?i)(?:exit(?:ed)?(?: with)?|returned|non-zero|error)(?: a)?(?: non-zero)? ?"
        r"(?:code|status)?[:=]? ?137\b",
        r"\berrno 137\b|\*\*\* .{0,100}Error 137\b|\bstatus=9/KILL",
        r"(?:was sent|signal:?|with|by|code:) {1,2}'?SIGKILL|signal: killed|signal 9\b",
        r"JavaScript heap out of memory|Fatal process (?:OOM|out of memory)",
        r"Reached heap limit|FATAL ERROR: .{0,80}Allocation failed",
        r"(?i)(?:cannot|can't|failed to|unable to) allocate (?:memory|\d)",
        r"\bENOMEM\b|virtual memory exhausted|std::bad_alloc|^MemoryError\b",
        r"java\.lang\.OutOfMemoryError|fatal error: runtime: (?:cannot allocate|"
        r"out of)",
        r"(?:fatal:|runtime:|error:) [Oo]ut of memory\b",
        r"Allowed memory size of \d{1,20} bytes exhausted",
        r"memory allocation of \d{1,20} bytes failed",
        r"Failed on request of size \d|ERROR: {1,2}out of memory",
        r"<--- Last few GCs --->|node::OOMErrorHandler",
        r"(?i)virtual memory limit reached|Memory (?:soft |hard )?limit reached",
    ),
    rule("out_of_memory", r"v8::internal::|node::Abort\(\)", exit_codes=(134,)),
    rule(
        "clock_wrong",
        r"Release file for \S{1,200} is not (?:yet valid|valid yet)",
        r"certificate is not yet valid|CERT_NOT_YET_VALID",
        r"(?i)(?:request|token|signature) .{0,40}clock (?:skew|drift)|"
        r"RequestTimeTooSkewed|claim .{0,20}too far in the future",
    ),
)
