"""The administration's pages of people, projects, environments and servers."""

from django.contrib import admin
from django.contrib.auth.models import Group
from rest_framework_simplejwt.token_blacklist.models import (
    BlacklistedToken,
    OutstandingToken,
)

from projects.admin.entrance import sign_in
from projects.admin.people import OrganizationAdmin, UserAdmin
from projects.admin.places import EnvironmentAdmin, ProjectAdmin, ServerAdmin
from projects.admin.trail import AuditEntryAdmin

__all__ = [
    "AuditEntryAdmin",
    "EnvironmentAdmin",
    "OrganizationAdmin",
    "ProjectAdmin",
    "ServerAdmin",
    "UserAdmin",
]

admin.site.site_title = "OEC"
admin.site.site_header = "OEC administration"
admin.site.index_title = "Administration"
admin.site.login = sign_in  # type: ignore[method-assign]

# Each group belongs to a role, and the memberships decide who is in it.
admin.site.unregister(Group)
# These pages would show tokens that still open the door.
admin.site.unregister([BlacklistedToken, OutstandingToken])
