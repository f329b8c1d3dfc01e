"""PostgreSQL, MySQL and SQLite, through any client or framework."""

from deployments.diagnosis.model import configuration, external, in_code, rule

FAILURES = (
    external(
        "database_unreachable",
        "The database does not answer",
        "The database server[ {host}] cannot be reached or is just starting or"
        " stopping.",
        "Check that the database runs and accepts connections, then retry.",
        probe="database",
    ),
    external(
        "database_overloaded",
        "The database has no free connection",
        "The database accepts no further connections.",
        "End idle connections or raise the limit, then retry.",
        probe="database",
    ),
    external(
        "database_contention",
        "Other transactions were in the way",
        "The database stopped a statement because of other transactions (lock,"
        " deadlock or concurrent update).",
        "Retry, if need be while the application is idle.",
    ),
    external(
        "database_rights_missing",
        "The database user lacks a right",
        "The database user may not do this[: {detail}].",
        "Grant the right (or install the extension) in the database, then retry.",
        probe="database",
    ),
    external(
        "database_read_only",
        "The database accepts no changes",
        "The database can only be read at present (a standby, or protected).",
        "Make the database writable or wait for the switch-over, then retry.",
        probe="database",
    ),
    external(
        "database_version_mismatch",
        "The database server and its data or client do not fit together",
        "The version of the database server does not fit its data or its client[:"
        " {detail}].",
        "Bring server, data and client to matching versions, then retry.",
        probe="database",
    ),
    external(
        "database_damaged",
        "The database is damaged",
        "The database server reports damaged data[: {detail}].",
        "Repair the database (or restore a backup), then retry.",
        probe="database",
    ),
    configuration(
        "database_auth_failed",
        "The database does not accept the user or password",
        "The database does not accept the configured user or password[ of {username}].",
        "Correct the database credentials in the environment and deploy again.",
        probe="database",
    ),
    configuration(
        "database_not_found",
        "The database does not exist",
        "The configured database[ {detail}] does not exist.",
        "Correct the database's name in the environment, or create it.",
        probe="database",
    ),
    configuration(
        "database_address_wrong",
        "The database's address is wrong",
        "The configured address of the database[ {host}] cannot work.",
        "Correct the database's host, port or file in the environment.",
        probe="database",
    ),
    in_code(
        "database_schema_mismatch",
        "Code and database schema do not fit",
        "The database's tables are not what the code expects[: {detail} is missing or"
        " exists already].",
        "Correct the migrations (or module versions), push, and use Redeploy.",
    ),
    in_code(
        "database_statement_invalid",
        "A database statement is wrong",
        "A statement of the code or its migrations does not fit the database[:"
        " {detail}].",
        "Correct the statement or migration, push, and use Redeploy.",
    ),
)

RULES = (
    rule(
        "database_damaged",
        r"(?P<detail>database disk image is malformed|file is not a database)",
        r"(?P<detail>(?:invalid page in block|could not read block|unexpected zero "
        r"page)"
        r".{0,80})",
        r"(?P<detail>Table '.{1,80}' is marked as crashed)",
    ),
    rule(
        "database_version_mismatch",
        r"(?P<detail>database (?:files are|locale is) incompatible with .{1,40})",
        r"(?P<detail>aborting because of server version mismatch)",
        r"(?P<detail>Redis version needs to be greater .{1,40})",
        r"(?P<detail>ER_NOT_SUPPORTED_AUTH_MODE|does not support authentication"
        r" protocol.{0,40})",
        r"(?P<detail>unsupported version \(.{1,12}\) in file header)",
        r"(?P<detail>(?:PostgreSQL|MySQL|MariaDB|SQLite) [\d.]{1,8} or later is"
        r" required.{0,40})",
    ),
    rule(
        "database_auth_failed",
        r"(?:password|Peer|Ident|GSSAPI|PAM|LDAP|RADIUS|certificate) authentication"
        r" failed for user \"?(?P<username>[\w.-]{1,60})",
        r"MongoServerError: Authentication failed|codeName: 'AuthenticationFailed'|"
        r"pymongo\.errors\.OperationFailure: Authentication failed|ORA-01017",
        r"Login failed for user '(?P<username>[^'\n]{1,60})",
        r"no password supplied|role \"(?P<username>[^\"\n]{1,60})\" does not exist",
        r"Access denied for user '?(?P<username>[^'@\n]{1,60})",
        r"role \"(?P<username>[^\"\n]{1,60})\" is not permitted to log in",
        r"Authentication failed against database server",
        r"SASL: SCRAM-SERVER-FIRST-MESSAGE: client password must be a string",
    ),
    rule(
        "database_not_found",
        r"database \"(?P<detail>[^\"\n]{1,60})\" does not exist",
        r"NoDatabaseError: .{0,40}your database: (?P<detail>[\w-]{1,60})",
        r"Unknown database '(?P<detail>[^'\n]{1,60})'",
    ),
    rule(
        "database_overloaded",
        r"(?i)too many (?:clients|connections)|remaining connection slots are reserved",
        r"QueuePool limit of size|too many connections for (?:role|database)",
        r"max_user_connections|server login has been failing, try again|"
        r"no more connections",
    ),
    rule(
        "database_contention",
        r"deadlock detected|Deadlock found|could not serialize access|"
        r"SerializationFailure",
        r"SERIALIZATION_FAILURE|TransactionRollbackError|DeadlockDetected",
        r"canceling statement due to|Lock wait timeout exceeded|could not obtain lock"
        r" on",
        r"ConcurrentMigrationError|database (?:table )?is locked|LockNotAvailable|"
        r"lock timeout",
        r"is being accessed by other users|There (?:is|are) \d{1,5} other sessions?"
        r" using",
    ),
    rule(
        "database_read_only",
        r"in a read-only transaction|attempt to write a readonly database",
        r"--read-only option|cannot execute .{1,60} during recovery|super-read-only",
    ),
    rule(
        "database_rights_missing",
        r"(?P<detail>permission denied (?:for|to create) .{1,80}|"
        r"must be owner of .{1,60})",
        r"(?P<detail>must be (?:superuser|member of role) .{0,60})",
        r"(?P<detail>no schema has been selected to create in)",
        r"(?P<detail>extension \".{1,60}\" is not available|"
        r"could not open extension.{0,80})",
        r"(?P<detail>command denied to user .{1,80}|type \"(?:vector|geometry|citext|"
        r"hstore)\")",
        r"(?P<detail>InsufficientPrivilege\b.{0,60}|no pg_hba\.conf entry for .{1,80}|"
        r"pg_hba\.conf rejects .{1,80}|Host '.{1,60}' is not allowed to"
        r" conn)",
    ),
    rule(
        "database_address_wrong",
        r"could not translate host name \"(?P<host>[^\".\n]{1,60})\" to address"
        r"(?!: Temporary)",
        r"Unknown (?:MySQL )?server host '(?P<host>[^'.\n]{1,60})'",
        r"getaddrinfo for (?P<detail>[\w-]{1,60}) failed: Name or service",
        r"Failed to configure a DataSource|Failed to determine a suitable driver",
        r"unable to open database file|invalid port number: \"(?P<port>[^\"\n]{1,20})",
        r"server does not support SSL|received invalid response to (?:SSL|"
        r"GSSAPI) negotiation",
    ),
    rule(
        "database_unreachable",
        r"could not translate host name \"(?P<host>[^\"\n]{1,100})\"",
        r"Unknown (?:MySQL )?server host '(?P<host>[^'\n]{1,100})'",
        r"connection to server (?:at|on socket) \"(?P<host>[^\"\n]{1,100})\".{0,60}"
        r" failed",
        r"could not connect to server|the database system is (?:starting|shutting|"
        r"in recov|not)",
        r"server closed the connection unexpectedly|terminating connection due to",
        r"Can't connect to (?:local )?(?:MySQL )?server|MySQL server has gone away",
        r"Lost connection to (?:MySQL )?server|SSL SYSCALL error|Can't reach database"
        r" server",
        r"\bP1017\b|Server has closed the connection",
        r"(?:connection|cursor) already closed|InterfaceError: connection is closed",
        r"odoo\.sql_db: Connection to the database failed",
        r"PSQLException: Connection to \S{1,100} refused|Communications link failure",
        r"Is the server running (?:on|locally)|no response|PG::(?:ConnectionBad|"
        r"UnableToSend)",
        r"^psql: error: connection .{1,120}failed",
    ),
    rule(
        "database_schema_mismatch",
        r"(?P<detail>relation \"[^\"\n]{1,80}\") (?:does not exist|already exists)",
        r"(?P<detail>column \"?[\w.\"]{1,100}) (?:of relation .{1,80} |named in key |"
        r"referenced in foreign key constraint )?(?:does not|"
        r"already) exist",
        r"(?P<detail>no such (?:table|column) ?: [\w.]{1,80})",
        r"(?P<detail>table \"?[\w.]{1,80}\"? already exists|duplicate column name:"
        r" \w{1,60})",
        r"(?P<detail>Unknown column '.{1,60}'|Table '.{1,80}' (?:doesn't|"
        r"already) exist)",
        r"(?P<detail>Duplicate column name '.{1,60}'|UndefinedTable|UndefinedColumn)",
        r"(?P<detail>Duplicate(?:Table|Column|Object)\b.{0,80}|"
        r"\((?:1050|1054|1060|1061|1091|1146), .{1,100})",
        r"(?P<detail>(?:type|function|constraint|schema|index|sequence) \"?.{1,80}) "
        r"(?:does not exist|already exists)",
    ),
    rule(
        "database_statement_invalid",
        r"(?P<detail>syntax error at or near .{1,60}|near \".{1,40}\": syntax error)",
        r"(?P<detail>You have an error in your SQL syntax)",
        r"(?P<detail>violates (?:not-null|foreign key|unique|check|"
        r"exclusion) constraint.{0,80})",
        r"(?P<detail>(?:NotNull|Unique|ForeignKey|Check|Exclusion)Violation\b.{0,100}|"
        r"IntegrityError: .{1,100}|\((?:1062|1064|1364|1366|1406|1452), .{1,100})",
        r"(?P<detail>(?:UNIQUE|NOT NULL|CHECK|FOREIGN KEY) constraint failed.{0,60})",
        r"(?P<detail>could not create unique index .{1,60}|Duplicate entry .{1,60})",
        r"(?P<detail>column \".{1,60}\" (?:contains null values|"
        r"cannot be cast).{0,60})",
        r"(?P<detail>cannot drop .{1,60} because other objects depend on it)",
        r"(?P<detail>value too long for type .{1,40}|invalid input syntax for type"
        r" .{1,60})",
        r"(?P<detail>General error: (?:1005|1215|1364|1366|3780) .{1,100}|"
        r"Cannot add foreign key constraint|Data too long for column .{1,40})",
        r"(?P<detail>(?:operator does not exist|multiple primary keys for|there is no"
        r" unique constraint matching|missing FROM-clause|cannot alter type of"
        r" a column).{0,80})",
        r"(?P<detail>(?:cannot be cast automatically to type|invalid input value for"
        r" enum|"
        r"division by zero|must appear in the GROUP BY).{0,60})",
        r"(?P<detail>pending trigger events|current transaction is aborted.{0,60})",
    ),
)
