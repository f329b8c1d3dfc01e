"""Addresses of the pages about people, projects, servers and the audit trail."""

from django.urls import path

from projects import views

urlpatterns = [
    path("sign-in", views.sign_in, name="sign-in"),
    path("sign-out", views.sign_out, name="sign-out"),
    path("projects/new", views.create_project, name="project-create"),
    path("projects/<uuid:project_id>/edit", views.edit_project, name="project-edit"),
    path(
        "projects/<uuid:project_id>/deploy-key",
        views.deploy_key,
        name="project-deploy-key",
    ),
    path(
        "projects/<uuid:project_id>/environments/new",
        views.create_environment,
        name="environment-create",
    ),
    path(
        "projects/<uuid:project_id>/variables",
        views.project_variables,
        name="project-variables",
    ),
    path(
        "projects/<uuid:project_id>/variables/<str:name>/remove",
        views.remove_project_variable,
        name="project-variable-remove",
    ),
    path(
        "environments/<uuid:environment_id>/variables",
        views.variables,
        name="environment-variables",
    ),
    path(
        "environments/<uuid:environment_id>/variables/<str:name>/remove",
        views.remove_variable,
        name="variable-remove",
    ),
    path(
        "environments/<uuid:environment_id>/settings",
        views.environment_settings,
        name="environment-settings",
    ),
    path("servers", views.servers, name="servers"),
    path("servers/new", views.create_server, name="server-create"),
    path("servers/<uuid:server_id>/edit", views.edit_server, name="server-edit"),
    path(
        "servers/<uuid:server_id>/key",
        views.generate_server_key,
        name="server-key",
    ),
    path("audit", views.audit, name="audit"),
    path("secrets", views.unreadable_secrets, name="unreadable-secrets"),
]
