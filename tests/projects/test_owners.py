"""Only owners and superusers make somebody an owner, or take that role away."""

from typing import Any

import pytest
from django.test import Client

from oec.exceptions import PermissionMissing
from projects import permissions, services
from projects.models import (
    AuditEntry,
    Membership,
    Organization,
    OrganizationRole,
    User,
)
from projects.services import LastOwner
from tests import factories
from tests.administration import enter, inline_row, messages, page_of, submit

pytestmark = pytest.mark.ignore_template_errors

REFUSAL = "Only an owner of Acme can make somebody its owner, or take that role away."
MEMBERS = (
    *("view_organization", "change_organization", "view_user"),
    *("view_membership", "add_membership", "change_membership", "delete_membership"),
)


@pytest.fixture
def frank(organization: Organization, dora: User) -> User:
    """Administers the organization without owning it."""
    frank = factories.make_user("frank")
    services.set_member(organization, user=frank, role=OrganizationRole.ADMIN, by=dora)
    return frank


@pytest.fixture
def door(frank: User) -> Client:
    """The administration, which frank enters as staff with every right on members."""
    return enter(frank, *MEMBERS)


def roles(organization: Organization) -> dict[str, str]:
    rows = Membership.objects.filter(organization=organization)
    return dict(rows.values_list("user__username", "role"))


def save_row(
    door: Client, organization: Organization, user: User, **fields: Any
) -> list[str]:
    """Change the row of this member on the organization's page."""
    url = page_of(organization)
    row = inline_row(door, url, Membership.objects.get(user=user))
    changes = {f"{row}-{name}": value for name, value in fields.items()}
    return messages(submit(door, url, **changes))


def test_an_administrator_does_not_make_himself_the_owner(
    door: Client, organization: Organization, frank: User
) -> None:
    before = AuditEntry.objects.count()
    assert save_row(door, organization, frank, role="owner") == [REFUSAL]
    assert roles(organization) == {"dora": "owner", "frank": "admin"}
    assert not permissions.can_own(User.objects.get(pk=frank.pk), organization)
    assert AuditEntry.objects.count() == before


def test_an_administrator_does_not_bring_in_another_owner(
    door: Client, organization: Organization, frank: User, alice: User
) -> None:
    services.set_member(organization, user=alice, role="admin", by=frank)
    assert save_row(door, organization, alice, role="owner") == [REFUSAL]
    erin = factories.make_user("erin")
    with pytest.raises(PermissionMissing, match=REFUSAL):
        services.set_member(organization, user=erin, role="owner", by=frank)
    assert roles(organization) == {"dora": "owner", "frank": "admin", "alice": "admin"}


@pytest.mark.parametrize(
    "fields",
    [
        {"role": "admin"},
        {"DELETE": "on"},
        # Whom the form calls a viewer is still the owner.
        {"role": "viewer", "DELETE": "on"},
    ],
    ids=["demoted", "removed", "called a viewer and removed"],
)
def test_an_administrator_takes_the_role_from_no_owner(
    door: Client, organization: Organization, dora: User, fields: dict[str, str]
) -> None:
    erin = factories.make_user("erin")
    services.set_member(organization, user=erin, role="owner", by=dora)
    assert save_row(door, organization, erin, **fields) == [REFUSAL]
    assert roles(organization) == {"dora": "owner", "frank": "admin", "erin": "owner"}


def test_an_administrator_gives_and_takes_every_other_role(
    door: Client, organization: Organization, alice: User
) -> None:
    save_row(door, organization, alice, role="admin")
    assert roles(organization)["alice"] == "admin"
    save_row(door, organization, alice, role="viewer")
    assert roles(organization)["alice"] == "viewer"
    save_row(door, organization, alice, DELETE="on")
    assert "alice" not in roles(organization)


def test_an_owner_shares_the_role_and_steps_down(
    organization: Organization, dora: User, frank: User
) -> None:
    door = enter(dora, *MEMBERS)
    save_row(door, organization, frank, role="owner")
    save_row(door, organization, dora, role="member")
    assert roles(organization) == {"dora": "member", "frank": "owner"}
    assert permissions.can_own(User.objects.get(pk=frank.pk), organization)


@pytest.mark.parametrize("fields", [{"role": "admin"}, {"DELETE": "on"}])
def test_the_last_owner_does_not_leave(
    organization: Organization, dora: User, frank: User, fields: dict[str, str]
) -> None:
    door = enter(dora, *MEMBERS)
    assert save_row(door, organization, dora, **fields) == [
        "dora is the only owner of Acme. Make somebody else an owner first."
    ]
    assert roles(organization) == {"dora": "owner", "frank": "admin"}


def test_a_superuser_makes_owners_but_leaves_no_organization_to_nobody(
    organization: Organization, dora: User, frank: User
) -> None:
    root = factories.make_user("root", is_superuser=True)
    with pytest.raises(LastOwner):
        services.set_member(organization, user=dora, role="admin", by=root)
    services.set_member(organization, user=frank, role="owner", by=root)
    services.remove_member(Membership.objects.get(user=dora), by=root)
    assert roles(organization) == {"frank": "owner"}


def test_an_owner_elsewhere_is_none_here(
    organization: Organization, dora: User, charlie: User
) -> None:
    services.set_member(organization, user=charlie, role="admin", by=dora)
    with pytest.raises(PermissionMissing, match=REFUSAL):
        services.set_member(organization, user=charlie, role="owner", by=charlie)
    assert roles(organization) == {"dora": "owner", "charlie": "admin"}
