"""The codes of database errors, where a driver prints no message that names more.

Node.js prints an error's fields at its end (``code: '28P01'``), PDO and others the
SQLSTATE, Prisma its own numbers; the message before is often cut off.
"""

from deployments.diagnosis.model import rule


def _codes(codes: str) -> str:
    """How node-postgres, PDO and psql's kin print the SQLSTATEs in ``codes``."""
    return (
        rf"(?:\bcode: '|\bSQLSTATE[\[: (]{{1,3}}|\bERROR (?:\d{{4}} \()?)"
        rf"(?P<detail>{codes})\b"
    )


def _driver(names: str) -> str:
    return rf"\b(?P<detail>ER_(?:{names}))\b"


RULES = (
    rule(
        "database_auth_failed",
        _codes("28P01|28000"),
        _driver("ACCESS_DENIED_ERROR|DBACCESS_DENIED_ERROR"),
        r"\bP1000\b|routine: 'auth_failed'|\[1045\] ",
    ),
    rule(
        "database_not_found",
        _codes("3D000"),
        _driver("BAD_DB_ERROR"),
        r"\bP1003\b|\[1049\] ",
    ),
    rule(
        "database_overloaded",
        _codes("53300|53400"),
        _driver("CON_COUNT_ERROR|TOO_MANY_USER_CONNECTIONS"),
        r"\bP2024\b",
    ),
    rule("disk_full", _codes("53100"), _driver("DISK_FULL|RECORD_FILE_FULL")),
    rule(
        "database_contention",
        _codes("40001|40P01|55P03|57014"),
        _driver("LOCK_DEADLOCK|LOCK_WAIT_TIMEOUT"),
        r"\bP2034\b",
    ),
    rule("database_read_only", _codes("25006"), _driver("OPTION_PREVENTS_STATEMENT")),
    rule(
        "database_rights_missing",
        _codes("42501"),
        _driver("TABLEACCESS_DENIED_ERROR|SPECIFIC_ACCESS_DENIED_ERROR"),
        r"\bP1010\b",
    ),
    rule(
        "database_unreachable",
        _codes(r"57P0[1-5]|08(?!P01)\w{3}"),
        r"\bP100[128]\b|PROTOCOL_CONNECTION_LOST|ER_SERVER_SHUTDOWN",
        r"SQLSTATE\[HY000\] \[20(?:02|03|06|13)\]",
    ),
    rule(
        "database_schema_mismatch",
        _codes("42P01|42703|42P07|42701|42883|42704|3F000|42S[0-2]\\d|42710"),
        _driver(
            "NO_SUCH_TABLE|BAD_FIELD_ERROR|TABLE_EXISTS_ERROR|DUP_FIELDNAME|"
            "CANT_DROP_FIELD_OR_KEY|DUP_KEYNAME"
        ),
        r"\bP202[12]\b",
    ),
    rule(
        "database_statement_invalid",
        _codes("42\\w{3}|2[23]\\w{3}"),
        _driver(
            "PARSE_ERROR|DUP_ENTRY|NO_REFERENCED_ROW\\w{0,4}|BAD_NULL_ERROR|"
            "DATA_TOO_LONG|ROW_IS_REFERENCED\\w{0,4}|TRUNCATED_WRONG_VALUE\\w{0,20}"
        ),
        r"\bP20(?:0[0-9]|1[0-9])\b",
        r"^(?P<detail>(?:[\w.]{1,60}\.)?(?:ProgrammingError|DataError|IntegrityError|"
        r"NotSupportedError|StatementInvalid)\)?: .{1,100})",
    ),
)
