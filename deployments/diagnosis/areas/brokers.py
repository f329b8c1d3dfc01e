"""Redis and message brokers."""

from deployments.diagnosis.model import configuration, external, rule

FAILURES = (
    external(
        "broker_unreachable",
        "Redis or the message broker does not answer",
        "Redis or the message broker[ {host}] cannot be reached or is not ready.",
        "Check that it runs and accepts connections, then retry.",
    ),
    external(
        "redis_out_of_memory",
        "Redis has no memory left",
        "Redis refuses changes because its memory is used up.",
        "Raise its memory limit or remove data, then retry.",
        probe="memory",
    ),
    external(
        "redis_refuses_writes",
        "Redis accepts no changes",
        "Redis accepts no changes[: {detail}].",
        "Repair Redis (often its disk is full, or it is a replica), then retry.",
        probe="disk",
    ),
    configuration(
        "broker_auth_failed",
        "Redis or the broker does not accept the password",
        "Redis or the message broker does not accept the configured user or password.",
        "Correct the credentials in the environment and deploy again.",
    ),
    configuration(
        "redis_database_invalid",
        "The Redis database number does not exist",
        "The configured Redis database number does not exist.",
        "Correct the number in the environment's Redis address.",
    ),
)

RULES = (
    rule(
        "broker_auth_failed",
        r"\bWRONGPASS\b|\bNOAUTH\b|invalid username-password pair|ERR invalid password",
        r"Authentication required\.|without any password configured|\bNOPERM\b",
        r"ACCESS_REFUSED|Login was refused using authentication mechanism",
        r"redis\.exceptions\.AuthenticationError|ERR AUTH",
    ),
    rule("redis_database_invalid", r"DB index is out of range|invalid DB index"),
    rule(
        "redis_out_of_memory",
        r"command not allowed (?:when|under) used memory|\bOOM command not allowed",
    ),
    rule(
        "redis_refuses_writes",
        r"(?P<detail>MISCONF .{1,80}|READONLY You can't write.{0,60})",
        r"(?P<detail>configured to save RDB snapshots|CLUSTERDOWN .{1,60})",
        r"(?P<detail>NOREPLICAS .{1,60}|running in protected mode)",
        r"(?P<detail>You can't write against a read only replica)",
    ),
    rule(
        "broker_unreachable",
        r"Error -?\d{1,4} (?:while )?connecting to (?P<host>[\w.:-]{1,100})",
        r"Could not connect to Redis at (?P<host>[\w.:-]{1,100})",
        r"Redis is loading the dataset|max number of clients reached|"
        r"ERR max.{0,8}clients",
        r"[Cc]annot connect to (?:redis|amqp|pyamqp)\S{0,100}|"
        r"Redis::CannotConnectError",
        r"connection to the message broker|Connection to broker lost",
        r"kombu\.exceptions\.OperationalError|MaxRetriesPerRequestError",
        r"redis\.exceptions\.(?:Connection|Timeout|BusyLoading)Error|"
        r"AMQPConnectionError",
    ),
)
