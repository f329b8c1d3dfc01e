"""Deploy keys of projects, made and removed from their list."""

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import HttpRequest

from oec.admin import staff
from projects import permissions, services
from projects.callers import caller
from projects.models import Project

NOT_YOURS = "you don't have permission to change this project."


class DeployKeys(admin.ModelAdmin):
    """A key that exists stays: replacing it is asked for on the project's own page."""

    actions = ("generate_deploy_keys", "remove_deploy_keys")

    @admin.action(description="Generate a deploy key", permissions=["change"])
    def generate_deploy_keys(self, request: HttpRequest, rows: QuerySet) -> None:
        for project in rows.select_related("organization"):
            self._generate(request, project)

    @admin.action(description="Remove the deploy key", permissions=["change"])
    def remove_deploy_keys(self, request: HttpRequest, rows: QuerySet) -> None:
        for project in rows.select_related("organization"):
            self._remove(request, project)

    def _remove(self, request: HttpRequest, project: Project) -> None:
        level = messages.WARNING
        if not permissions.can_change(staff(request), project):
            sentence = NOT_YOURS
        elif not project.git_public_key:
            sentence = "has no deploy key."
        else:
            fingerprint = project.git_public_key_fingerprint
            services.remove_deploy_key(project, **caller(request))
            sentence = f"{fingerprint} is removed. Withdraw it at the Git host, too."
            level = messages.SUCCESS
        self.message_user(request, f"{project}: {sentence}", level)

    def _generate(self, request: HttpRequest, project: Project) -> None:
        level = messages.WARNING
        if not permissions.can_change(staff(request), project):
            sentence = NOT_YOURS
        elif project.git_public_key:
            sentence = "has a deploy key. Replace it on the project's own page."
        else:
            services.generate_deploy_key(project, **caller(request))
            sentence = f"allow this key at the Git host: {project.git_public_key}"
            level = messages.SUCCESS
        self.message_user(request, f"{project}: {sentence}", level)
