"""What tests of the administration of places look at."""

from typing import Any

from projects.models import AuditEntry, Environment
from tests import factories

SECRET = "s3cret-value-of-many-characters"


def last_entry(action: str) -> AuditEntry:
    return AuditEntry.objects.filter(action=action)[0]


def fresh(environment: Environment) -> Environment:
    return Environment.objects.get(pk=environment.pk)


def rows_of(page: Any) -> set[str]:
    return {row.name for row in page.context["cl"].result_list}


def assert_no_secrets(text: str) -> None:
    private_key, _ = factories.key_pair()
    assert SECRET not in text
    assert "git-token-of-the-shop" not in text
    assert "PRIVATE KEY" not in text
    assert private_key.splitlines()[2] not in text
