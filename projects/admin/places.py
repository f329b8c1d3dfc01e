"""What runs where: projects, environments with their variables, servers."""

from typing import Any, ClassVar

from django.contrib import admin
from django.http import HttpRequest

from oec.admin import VisibleRelatedFilter
from projects import permissions, services
from projects.admin.changes import (
    RowsThroughServices,
    ThroughServices,
    save_rows,
)
from projects.admin.deploy_keys import DeployKeys
from projects.admin.people import MemberForm
from projects.admin.server_keys import ServerKeys
from projects.admin.variables import (
    ProjectVariableInline,
    VariableInline,
    save_variables,
)
from projects.callers import Caller, caller
from projects.forms.removal import RemovesSecrets
from projects.models import (
    Environment,
    Project,
    ProjectMembership,
    ProjectVariable,
    Server,
    User,
)
from projects.secrets import DecryptFailed
from projects.settings import SETTINGS


class ProjectMembershipInline(RowsThroughServices):
    model = ProjectMembership
    form = MemberForm
    fields = ("user", "role")
    autocomplete_fields = ("user",)
    verbose_name_plural = "members beside those of the organization"

    def may_change(self, user: User, parent: Project) -> bool:
        return permissions.can_administer(user, parent.organization)


@admin.register(Project)
class ProjectAdmin(DeployKeys, ThroughServices):
    fields = (
        "organization",
        "name",
        "git_url",
        "git_token",
        "token_stored",
        "git_public_key",
        "git_host_key",
        "registry_host",
        "registry_username",
        "registry_password",
    )
    readonly_fields = ("token_stored", "git_public_key")
    fixed = ("organization",)
    inlines: ClassVar = [ProjectVariableInline, ProjectMembershipInline]
    list_display = ("name", "organization", "git_url", "last_version", "created_at")
    list_filter = (("organization", VisibleRelatedFilter),)
    list_select_related = ("organization",)
    search_fields = ("name", "git_url")

    @admin.display(description="Token stored", boolean=True)
    def token_stored(self, project: Project) -> bool:
        return Project.objects.filter(pk=project.pk).exclude(git_token="").exists()

    def may_change(self, user: User, obj: Project) -> bool:
        return permissions.can_change(user, obj)

    def require_add(self, user: User, obj: Project, sentence: str) -> None:
        permissions.require_administer(user, obj.organization, sentence)

    def create(self, fields: dict[str, Any], who: Caller) -> Project:
        return services.create_project(fields.pop("organization"), **fields, **who)

    def change(self, obj: Project, fields: dict[str, Any], who: Caller) -> None:
        services.change_project(obj, **fields, **who)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        who = caller(request)
        if formset.model is ProjectVariable:
            save_variables(formset, who)
            return
        save_rows(
            formset,
            put=lambda member: services.set_project_member(
                formset.instance, user=member.user, role=member.role, **who
            ),
            remove=lambda member: services.remove_project_member(member, **who),
        )


class EnvironmentAdminForm(RemovesSecrets):
    def clean(self) -> dict[str, Any] | None:
        cleaned = super().clean()
        server = self.cleaned_data.get("server")
        project = self.cleaned_data.get("project") or self._stored_project()
        if server and project and server.organization_id != project.organization_id:
            self.add_error("server", f"Choose a server of {project.organization}.")
        return cleaned

    def _stored_project(self) -> Project | None:
        return None if self.instance._state.adding else self.instance.project


def setting_fieldsets() -> Any:
    """The project first, then every setting below the title it has here."""
    fieldsets = {"": ["project"]}
    for setting in SETTINGS.values():
        fieldsets.setdefault(setting.fieldset, []).append(setting.name)
    return [(title or None, {"fields": names}) for title, names in fieldsets.items()]


@admin.register(Environment)
class EnvironmentAdmin(ThroughServices):
    form = EnvironmentAdminForm
    fieldsets = setting_fieldsets()
    fixed = ("project",)
    inlines: ClassVar = [VariableInline]
    list_display = ("name", "project", "type", "git_branch", "server", "is_enabled")
    list_filter = ("type", "is_enabled", ("project", VisibleRelatedFilter))
    list_select_related = ("project", "server")
    search_fields = ("name", "project__name")

    def may_change(self, user: User, obj: Environment) -> bool:
        return permissions.can_change(user, obj.project)

    def require_add(self, user: User, obj: Environment, sentence: str) -> None:
        permissions.require_change(user, obj.project, sentence)

    def create(self, fields: dict[str, Any], who: Caller) -> Environment:
        return services.create_environment(fields.pop("project"), **fields, **who)

    def change(self, obj: Environment, fields: dict[str, Any], who: Caller) -> None:
        services.change_environment(obj, **fields, **who)

    def save_formset(
        self, request: HttpRequest, form: Any, formset: Any, change: bool
    ) -> None:
        save_variables(formset, caller(request))


@admin.register(Server)
class ServerAdmin(ServerKeys, ThroughServices):
    actions: tuple[str, ...] = ("generate_server_keys",)
    fields: ClassVar[tuple[str, ...]] = (
        "organization",
        "name",
        "host",
        "port",
        "username",
        "private_key",
        "key_stored",
        "public_key_line",
        "host_key",
        "fingerprint",
        "is_enabled",
    )
    readonly_fields: ClassVar[tuple[str, ...]] = (
        "key_stored",
        "public_key_line",
        "fingerprint",
    )
    fixed = ("organization",)
    list_display: tuple[str, ...] = (
        "name",
        "organization",
        "address",
        "fingerprint",
        "is_enabled",
    )
    list_filter = ("is_enabled", ("organization", VisibleRelatedFilter))
    list_select_related = ("organization",)
    search_fields = ("name", "host")

    @admin.display(description="Private key stored", boolean=True)
    def key_stored(self, server: Server) -> bool:
        return Server.objects.filter(pk=server.pk).exclude(private_key="").exists()

    @admin.display(description="Line for authorized_keys", empty_value="-")
    def public_key_line(self, server: Server) -> str | None:
        try:
            return server.public_key or None
        except DecryptFailed as refusal:
            return refusal.detail

    @admin.display(description="Host key fingerprint", empty_value="None accepted")
    def fingerprint(self, server: Server) -> str | None:
        return server.host_key_fingerprint or None

    def may_change(self, user: User, obj: Server) -> bool:
        return permissions.can_administer(user, obj.organization)

    def require_add(self, user: User, obj: Server, sentence: str) -> None:
        permissions.require_administer(user, obj.organization, sentence)

    def create(self, fields: dict[str, Any], who: Caller) -> Server:
        return services.create_server(fields.pop("organization"), **fields, **who)

    def change(self, obj: Server, fields: dict[str, Any], who: Caller) -> None:
        services.change_server(obj, **fields, **who)
