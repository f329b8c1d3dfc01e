"""Users, organizations and roles in the administration."""

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from projects import permissions
from projects.models import (
    AuditEntry,
    Membership,
    Organization,
    OrganizationRole,
    Project,
    ProjectMembership,
    ProjectRole,
    User,
)
from tests import factories
from tests.administration import (
    adding,
    enter,
    enter_as_superuser,
    inline_row,
    list_of,
    messages,
    page_of,
    send,
    signed_in,
    submit,
)

pytestmark = pytest.mark.ignore_template_errors


@pytest.fixture
def door(dora: User) -> Client:
    return enter_as_superuser(dora)


def actions() -> list[str]:
    return list(AuditEntry.objects.values_list("action", flat=True))


def test_these_models_and_no_others_have_pages() -> None:
    registered = {model._meta.label for model in admin.site._registry}
    assert registered == {
        "deployments.Beat",
        "deployments.Deployment",
        "deployments.Event",
        "deployments.Release",
        "project.AuditEntry",
        "project.Environment",
        "project.Organization",
        "project.Project",
        "project.Server",
        "project.User",
    }


@pytest.mark.parametrize("name", ["first_name", "last_name"])
@pytest.mark.parametrize("char", ["\x1b", "\x85", "\u202e", "\u2066", "\u200f"])
def test_a_persons_name_holds_nothing_that_disguises(
    name: str, char: str, door: Client, alice: User
) -> None:
    page = send(door, page_of(alice), **{name: f"Al{char}ice"})
    assert list(page.context["adminform"].form.errors) == [name]
    alice.refresh_from_db()
    assert alice.display_name == "alice"


def test_people_who_are_not_staff_are_refused(alice: User) -> None:
    answer = signed_in(alice).get(list_of(Organization), follow=True)
    assert answer.status_code == 403


def test_strangers_are_sent_to_the_sign_in_of_the_product(db: None) -> None:
    answer = Client().get(list_of(Organization), follow=True)
    assert answer.redirect_chain[-1][0] == f"/sign-in?next={list_of(Organization)}"


def test_the_administration_has_no_sign_in_of_its_own(dora: User) -> None:
    enter_as_superuser(dora)
    door = Client()
    door.post(
        reverse("admin:login"), {"username": "dora", "password": factories.PASSWORD}
    )
    assert "_auth_user_id" not in door.session


def test_the_sign_in_of_the_product_opens_the_administration(dora: User) -> None:
    enter_as_superuser(dora)
    door = Client()
    answer = door.post(
        f"{reverse('sign-in')}?next=/admin/",
        {"username": "dora", "password": factories.PASSWORD, "next": "/admin/"},
        follow=True,
    )
    assert answer.status_code == 200
    assert "OEC administration" in answer.text
    assert AuditEntry.objects.filter(action="user.signed_in").exists()


def test_staff_without_model_permission_get_nothing(alice: User) -> None:
    door = enter(alice)
    for model in admin.site._registry:
        assert door.get(list_of(model)).status_code == 403


def test_staff_see_the_organizations_they_belong_to(alice: User, charlie: User) -> None:
    page = enter(alice, "view_organization").get(list_of(Organization))
    assert "Acme" in page.text
    assert "Elsewhere" not in page.text


def test_a_role_given_in_the_administration_is_a_right(
    door: Client, organization: Organization, project: Project, charlie: User
) -> None:
    submit(
        door,
        page_of(organization),
        **{
            "memberships-TOTAL_FORMS": organization.memberships.count() + 1,
            "memberships-1-user": charlie.pk,
            "memberships-1-role": OrganizationRole.MEMBER,
        },
    )
    assert permissions.can_deploy(fresh(charlie), project)
    entry = AuditEntry.objects.get(
        action="member.role_set", object_id=charlie.pk, organization=organization
    )
    assert entry.facts == {"before": "", "after": "member"}
    assert entry.actor_name == "dora"
    assert entry.address == "127.0.0.1"


def test_a_changed_role_changes_the_rights(
    door: Client, organization: Organization, project: Project, alice: User
) -> None:
    url = page_of(organization)
    row = inline_row(door, url, Membership.objects.get(user=alice))
    submit(door, url, **{f"{row}-role": OrganizationRole.VIEWER})
    assert not permissions.can_deploy(fresh(alice), project)
    assert Project.objects.visible_to(fresh(alice)).exists()
    entry = AuditEntry.objects.filter(action="member.role_set")[0]
    assert entry.facts == {"before": "member", "after": "viewer"}


def test_a_removed_member_loses_every_right(
    door: Client, organization: Organization, project: Project, alice: User
) -> None:
    url = page_of(organization)
    row = inline_row(door, url, Membership.objects.get(user=alice))
    submit(door, url, **{f"{row}-DELETE": "on"})
    assert not Project.objects.visible_to(fresh(alice)).exists()
    assert not Membership.objects.filter(user=alice).exists()
    assert AuditEntry.objects.filter(
        action="member.removed", object_id=alice.pk
    ).exists()


@pytest.mark.parametrize("field", ["role", "DELETE"])
def test_the_last_owner_stays(
    door: Client, organization: Organization, dora: User, field: str
) -> None:
    url = page_of(organization)
    row = inline_row(door, url, Membership.objects.get(user=dora))
    value = OrganizationRole.ADMIN if field == "role" else "on"
    answer = submit(door, url, **{f"{row}-{field}": value})
    assert messages(answer) == [
        "dora is the only owner of Acme. Make somebody else an owner first."
    ]
    assert Membership.objects.get(user=dora).role == OrganizationRole.OWNER


def test_a_stored_membership_cannot_be_given_to_somebody_else(
    door: Client, organization: Organization, alice: User, charlie: User
) -> None:
    url = page_of(organization)
    row = inline_row(door, url, Membership.objects.get(user=alice))
    submit(door, url, **{f"{row}-user": charlie.pk})
    assert {m.user for m in organization.memberships.all()} >= {alice}
    assert charlie not in {m.user for m in organization.memberships.all()}


def test_a_page_saved_without_a_change_leaves_no_trace(
    door: Client, organization: Organization, alice: User
) -> None:
    before = actions()
    assert submit(door, page_of(organization)).status_code == 302
    assert actions() == before


def test_project_members_get_their_rights(
    door: Client, project: Project, charlie: User
) -> None:
    submit(
        door,
        page_of(project),
        **{
            "memberships-TOTAL_FORMS": 1,
            "memberships-0-user": charlie.pk,
            "memberships-0-role": ProjectRole.DEVELOPER,
        },
    )
    assert permissions.can_deploy(fresh(charlie), project)
    url = page_of(project)
    row = inline_row(door, url, ProjectMembership.objects.get(user=charlie))
    submit(door, url, **{f"{row}-DELETE": "on"})
    assert not Project.objects.visible_to(fresh(charlie)).exists()
    assert {"project_member.role_set", "project_member.removed"} <= set(actions())


def test_the_creator_of_an_organization_becomes_its_owner(
    door: Client, dora: User
) -> None:
    submit(door, adding(Organization), name="New")
    organization = Organization.objects.get(name="New")
    membership = organization.memberships.get()
    assert (membership.user, membership.role) == (dora, OrganizationRole.OWNER)
    assert AuditEntry.objects.filter(
        action="organization.created", object_id=organization.pk
    ).exists()


def test_renaming_an_organization_is_audited(
    door: Client, organization: Organization
) -> None:
    submit(door, page_of(organization), name="Acme & Sons")
    entry = AuditEntry.objects.get(action="organization.changed")
    assert entry.facts == {"changes": {"name": "Acme & Sons"}}


def test_staff_who_only_belong_to_an_organization_do_not_change_it(
    organization: Organization, alice: User
) -> None:
    door = enter(
        alice,
        *("view_organization", "change_organization"),
        *("view_membership", "change_membership", "add_membership"),
    )
    page = door.get(page_of(organization))
    assert page.status_code == 200
    assert 'name="name"' not in page.text
    answer = door.post(page_of(organization), {"name": "Mine"})
    assert answer.status_code == 403
    assert Organization.objects.get(pk=organization.pk).name == "Acme"


def test_nobody_deletes_what_history_speaks_of(
    door: Client, organization: Organization, project: Project, alice: User
) -> None:
    for row in (organization, project, alice):
        url = page_of(row).replace("/change/", "/delete/")
        assert door.post(url, {"post": "yes"}).status_code == 403


def test_a_new_user_can_sign_in_and_the_password_stands_nowhere(door: Client) -> None:
    password = "a long enough passphrase"
    submit(
        door,
        adding(User),
        username="erin",
        password1=password,
        password2=password,
        usable_password="true",
    )
    erin = User.objects.get(username="erin")
    assert erin.check_password(password)
    entry = AuditEntry.objects.get(action="user.created", object_id=erin.pk)
    assert password not in str(entry.facts)
    assert password not in door.get(page_of(erin)).text


def test_rights_in_the_administration_are_audited_when_given(
    door: Client, alice: User
) -> None:
    answer = submit(door, page_of(alice), is_superuser=True)
    assert answer.status_code == 302
    assert fresh(alice).is_superuser
    entry = AuditEntry.objects.get(action="user.changed", object_id=alice.pk)
    assert entry.facts["is_superuser"] is True
    assert "Superuser status" in str(entry.facts["changed"])


def test_a_password_set_by_an_administrator_is_audited_and_not_shown(
    door: Client, alice: User
) -> None:
    url = page_of(alice).replace("/change/", "/password/")
    password = "another long passphrase"
    answer = door.post(
        url,
        {"password1": password, "password2": password, "usable_password": "true"},
    )
    assert answer.status_code == 302
    assert fresh(alice).check_password(password)
    entry = AuditEntry.objects.get(action="user.changed", object_id=alice.pk)
    assert password not in str(entry.facts)
    assert entry.facts["changed"] == [{"changed": {"fields": ["password"]}}]


def test_staff_with_every_model_permission_do_not_touch_accounts(
    organization: Organization, alice: User, bob: User, charlie: User
) -> None:
    door = enter(alice, "view_user", "add_user", "change_user", "delete_user")
    assert "bob" in door.get(list_of(User)).text
    assert "charlie" not in door.get(list_of(User)).text
    page = door.get(page_of(bob))
    assert page.status_code == 200
    assert "argon2" not in page.text
    assert bob.password not in page.text
    assert "field-password" not in page.text
    assert door.get(adding(User)).status_code == 403
    assert door.post(page_of(alice), {"is_superuser": "on"}).status_code == 403
    url = page_of(bob).replace("/change/", "/password/")
    assert door.post(url, {"password1": "x", "password2": "x"}).status_code == 403


def test_roles_are_not_offered_as_groups(door: Client, alice: User) -> None:
    page = door.get(page_of(alice))
    assert 'name="groups"' not in page.text
    assert "organization:" not in page.text


def test_a_name_with_markup_stays_text(door: Client) -> None:
    name = '"><img src=x onerror=alert(1)>'
    submit(door, adding(Organization), name=name)
    for url in (list_of(Organization), page_of(Organization.objects.get(name=name))):
        text = door.get(url).text
        assert "<img src=x" not in text
        assert "&lt;img src=x" in text


def fresh(user: User) -> User:
    """Without the rights that the object has already looked up."""
    return User.objects.get(pk=user.pk)
