"""Projects and their variables."""

from django import forms

from projects.forms.fields import (
    KEEP,
    OfOrganization,
    ServiceForm,
    TextBlock,
    WriteOnly,
)
from projects.models import Project, Variable


class ProjectForm(ServiceForm):
    class Meta:
        model = Project
        fields = (
            "name",
            "git_url",
            "git_token",
            "git_host_key",
            "registry_host",
            "registry_username",
            "registry_password",
        )
        widgets = {
            "git_token": WriteOnly(placeholder=KEEP),
            "git_host_key": forms.Textarea(attrs={"rows": 2, "spellcheck": "false"}),
            "registry_password": WriteOnly(placeholder=KEEP),
        }
        help_texts = {
            "git_url": "https://host/path, ssh://user@host/path or user@host:path.",
            "git_token": "Read access for a private repository. Read at each "
            "deployment, so a renewed token also works for a retry.",
        }


class NewProjectForm(OfOrganization, ProjectForm):
    field_order = ("organization",)


class VariableForm(ServiceForm):
    class Meta:
        model = Variable
        fields = ("name", "value", "is_secret")
        field_classes = {"value": TextBlock}
        widgets = {"value": WriteOnly()}
        labels = {"is_secret": "Secret"}
