"""The Variables tabs of environments and of projects, whose variables are defaults."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from oec.pages import SignedInRequest, page
from projects import permissions, services
from projects.callers import caller
from projects.forms import VariableForm
from projects.models import AbstractVariable, Environment, Project, ProjectVariable
from projects.views.environments import visible_environment
from projects.views.forms import fill_in


@dataclass(frozen=True, slots=True)
class VariableRow:
    """``overrides``: the project has one of this name, which does not count here."""

    variable: AbstractVariable
    is_inherited: bool = False
    overrides: bool = False


@page
def variables(request: SignedInRequest, environment_id: UUID) -> HttpResponse:
    """Those that a deployment gets: the environment's own and its project's."""
    environment = visible_environment(request, environment_id)
    return _fill_in(
        request,
        environment,
        environment.project,
        template="projects/variables.html",
        url=reverse("environment-variables", args=[environment.pk]),
        environment=environment,
        rows=_rows_of(environment),
    )


@page
def project_variables(request: SignedInRequest, project_id: UUID) -> HttpResponse:
    project = _visible_project(request, project_id)
    return _fill_in(
        request,
        project,
        project,
        template="projects/project_variables.html",
        url=reverse("project-variables", args=[project.pk]),
        rows=[VariableRow(variable) for variable in project.variables.all()],
    )


@page
def remove_variable(
    request: SignedInRequest, environment_id: UUID, name: str
) -> HttpResponse:
    """Asks first; the next deployment then runs without it, or with the default."""
    environment = visible_environment(request, environment_id)
    permissions.require_change(request.user, environment.project)
    return _remove(
        request,
        _named(environment, name),
        url=reverse("environment-variables", args=[environment.pk]),
        whose=f"The next deployment of {environment.project} {environment}",
        default=environment.project.variables.filter(name=name).exists(),
    )


@page
def remove_project_variable(
    request: SignedInRequest, project_id: UUID, name: str
) -> HttpResponse:
    project = _visible_project(request, project_id)
    permissions.require_change(request.user, project)
    return _remove(
        request,
        _named(project, name),
        url=reverse("project-variables", args=[project.pk]),
        whose=f"The next deployment of each environment of {project} that has no "
        "variable of this name itself",
    )


def _fill_in(
    request: SignedInRequest,
    place: Environment | Project,
    project: Project,
    *,
    template: str,
    url: str,
    **context: Any,
) -> HttpResponse:
    """Secret values are never shown again; setting a name anew replaces its value."""
    if request.method == "POST":
        permissions.require_change(request.user, project)
    # A failed deployment leads here with the name of what it lacks.
    named = {"name": request.GET["name"]} if "name" in request.GET else None
    form = VariableForm(request.POST or None, initial=named)

    def set_variable() -> None:
        services.set_variable(place, **caller(request), **form.cleaned_data)

    return fill_in(
        request,
        form,
        set_variable,
        template=template,
        done=lambda: url,
        project=project,
        can_change=permissions.can_change(request.user, project),
        refusal=permissions.CHANGE_MISSING,
        **context,
    )


def _remove(
    request: SignedInRequest,
    variable: AbstractVariable,
    *,
    url: str,
    **context: Any,
) -> HttpResponse:
    if request.method != "POST":
        context |= {"variable": variable, "back": url}
        return render(request, "projects/variable_remove.html", context)
    services.remove_variable(variable, **caller(request))
    messages.success(request, f"{variable} was removed.")
    return redirect(url)


def _rows_of(environment: Environment) -> list[VariableRow]:
    defaults = {variable.name for variable in environment.project.variables.all()}
    return [
        VariableRow(variable, is_inherited=True)
        if isinstance(variable, ProjectVariable)
        else VariableRow(variable, overrides=variable.name in defaults)
        for variable in environment.merged_variables()
    ]


def _named(place: Environment | Project, name: str) -> AbstractVariable:
    # Not by a query: the address may hold characters that no database takes.
    for variable in place.variables.defer("value"):
        if variable.name == name:
            return variable
    raise Http404


def _visible_project(request: SignedInRequest, project_id: UUID) -> Project:
    return get_object_or_404(
        Project.objects.visible_to(request.user).select_related("organization"),
        pk=project_id,
    )
