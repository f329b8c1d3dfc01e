"""API addresses of environments and deployments."""

from django.urls import path

from deployments.api.deployments import DeploymentViewSet
from deployments.api.environments import EnvironmentViewSet, ProjectEnvironmentViewSet
from deployments.api.live import Stream
from deployments.api.nested import (
    EnvironmentDeploymentViewSet,
    ProjectDeploymentViewSet,
)
from deployments.api.servers import GitHostViewSet, ServerCheckViewSet
from oec.api.routers import Router

router = Router()
router.register("projects", GitHostViewSet, "project")
router.register(
    "projects/<uuid:project_id>/environments",
    ProjectEnvironmentViewSet,
    "project-environment",
)
router.register(
    "projects/<uuid:project_id>/deployments",
    ProjectDeploymentViewSet,
    "project-deployment",
)
router.register("environments", EnvironmentViewSet, "environment")
router.register(
    "environments/<uuid:environment_id>/deployments",
    EnvironmentDeploymentViewSet,
    "environment-deployment",
)
router.register("deployments", DeploymentViewSet, "deployment")
router.register("servers", ServerCheckViewSet, "server")

urlpatterns = [
    *router.urls,
    path(
        "deployments/<uuid:deployment_id>/stream",
        Stream.as_view(),
        name="deployment-stream",
    ),
]
