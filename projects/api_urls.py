"""API addresses of people, projects, servers and the audit trail."""

from django.urls import path

from oec.api.routers import Router
from projects.api.audit import AuditViewSet
from projects.api.organizations import OrganizationViewSet
from projects.api.projects import ProjectViewSet
from projects.api.servers import ServerViewSet
from projects.api.tokens import TokenViewSet
from projects.api.variables import EnvironmentVariableViewSet, ProjectVariableViewSet

router = Router()
router.register("organizations", OrganizationViewSet, "organization")
router.register("projects", ProjectViewSet, "project")
router.register(
    "projects/<uuid:project_id>/variables", ProjectVariableViewSet, "project-variable"
)
router.register(
    "environments/<uuid:environment_id>/variables",
    EnvironmentVariableViewSet,
    "environment-variable",
)
router.register("servers", ServerViewSet, "server")

urlpatterns = [
    path(
        "auth/token",
        TokenViewSet.as_view({"post": "obtain"}, name="Token"),
        name="token",
    ),
    path(
        "auth/token/refresh",
        TokenViewSet.as_view({"post": "refresh"}, name="Refresh"),
        name="token-refresh",
    ),
    path(
        "auth/token/revoke",
        TokenViewSet.as_view({"post": "revoke"}, name="Sign out"),
        name="token-revoke",
    ),
    path("audit", AuditViewSet.as_view({"get": "list"}, name="Audit"), name="audit"),
    *router.urls,
]
