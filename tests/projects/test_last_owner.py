"""An organization is never left to nobody."""

import threading
from collections.abc import Callable

import pytest
from django.db import connection

from oec.exceptions import PermissionMissing
from projects import services
from projects.models import (
    AuditEntry,
    Membership,
    Organization,
    OrganizationRole,
    User,
)
from projects.services import LastOwner
from tests import factories

pytestmark = pytest.mark.both_back_ends

Act = Callable[[Organization, User, User], object]


def demote(organization: Organization, user: User, by: User) -> None:
    services.set_member(organization, user=user, role=OrganizationRole.ADMIN, by=by)


def remove(organization: Organization, user: User, by: User) -> None:
    membership = Membership.objects.get(organization=organization, user=user)
    services.remove_member(membership, by=by)


ACTS = pytest.mark.parametrize("act", [demote, remove])


def own(organization: Organization, user: User, by: User) -> None:
    services.set_member(organization, user=user, role=OrganizationRole.OWNER, by=by)


def owners(organization: Organization) -> set[str]:
    owners = Membership.objects.filter(
        organization=organization, role=OrganizationRole.OWNER
    )
    return set(owners.values_list("user__username", flat=True))


@ACTS
def test_the_only_owner_stays_and_nothing_is_recorded(
    act: Act, organization: Organization, dora: User
) -> None:
    before = AuditEntry.objects.count()
    with pytest.raises(LastOwner) as refusal:
        act(organization, dora, dora)
    assert (refusal.value.code, refusal.value.status_code) == ("last_owner", 409)
    assert "dora is the only owner of Acme." in refusal.value.detail
    assert owners(organization) == {"dora"}
    assert AuditEntry.objects.count() == before


@ACTS
def test_one_of_two_owners_may_go(
    act: Act, organization: Organization, dora: User, alice: User
) -> None:
    own(organization, alice, dora)
    act(organization, dora, alice)
    assert owners(organization) == {"alice"}
    with pytest.raises(LastOwner):
        act(organization, alice, alice)


@ACTS
def test_an_owner_whose_account_is_closed_does_not_count(
    act: Act, organization: Organization, dora: User, alice: User
) -> None:
    own(organization, alice, dora)
    User.objects.filter(pk=alice.pk).update(is_active=False)
    with pytest.raises(LastOwner):
        act(organization, dora, dora)
    act(organization, alice, dora)
    assert owners(organization) == {"dora"}


@ACTS
def test_an_owner_elsewhere_does_not_count(
    act: Act, organization: Organization, dora: User, charlie: User
) -> None:
    assert owners(Organization.objects.get(name="Elsewhere")) == {"charlie"}
    with pytest.raises(LastOwner):
        act(organization, dora, dora)


@ACTS
def test_whoever_does_not_own_may_go(
    act: Act, organization: Organization, dora: User, alice: User
) -> None:
    act(organization, alice, dora)
    assert owners(organization) == {"dora"}


@pytest.mark.django_db(transaction=True)
def test_two_owners_who_remove_each_other_at_once_do_not_both_succeed() -> None:
    erin, frank = factories.make_user("erin"), factories.make_user("frank")
    organization = factories.make_organization(erin)
    own(organization, frank, erin)
    both = threading.Barrier(2)
    refused = []

    def act(user: User, by: User) -> None:
        both.wait()
        try:
            demote(organization, user, by)
        # Who asks last may meet the other's act at the door already.
        except (LastOwner, PermissionMissing):
            refused.append(user)
        finally:
            connection.close()

    threads = [
        threading.Thread(target=act, args=pair)
        for pair in ((erin, frank), (frank, erin))
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(refused) == len(owners(organization)) == 1
