"""What tests may rely on: a back end as asked for, and nothing left by the others."""

import pytest
from django.core.cache import cache
from django.db import DatabaseError, connection

from projects.models import AuditEntry, Organization
from tests import backends

pytestmark = pytest.mark.both_back_ends


def test_the_tests_run_on_the_back_end_that_was_asked_for(settings) -> None:
    vendor, broker = {
        "sqlite": ("sqlite", "filesystem"),
        "postgres": ("postgresql", "redis"),
    }[backends.chosen()]
    assert connection.vendor == vendor
    assert settings.CELERY_BROKER_URL.startswith(f"{broker}://")


@pytest.mark.parametrize("run", [1, 2])
@pytest.mark.django_db(transaction=True)
def test_a_test_that_commits_starts_with_empty_tables(run, organization) -> None:
    assert Organization.objects.count() == 1
    assert AuditEntry.objects.filter(action="organization.created").count() == 1
    assert cache.add("seen", True)


@pytest.mark.django_db(transaction=True)
def test_append_only_tables_are_guarded_again_after_being_emptied(
    organization,
) -> None:
    with (
        connection.cursor() as cursor,
        pytest.raises(DatabaseError, match="never changed"),
    ):
        cursor.execute("DELETE FROM project_auditentry")
