"""Every address of OEC."""

from typing import Any

from django.contrib import admin
from django.urls import include, path, re_path
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView

from oec.api.views import Unknown, index
from oec.pages import favicon

api_patterns: list[Any] = [
    path("", index, name="index"),
    path("schema", SpectacularAPIView.as_view(), name="schema"),
    path(
        "docs",
        SpectacularSwaggerSplitView.as_view(url_name="api:schema"),
        name="docs",
    ),
    path("", include("projects.api_urls")),
    path("", include("deployments.api_urls")),
]

handler400 = "oec.api.views.bad_request"
handler500 = "oec.api.views.server_error"

urlpatterns = [
    path("favicon.ico", favicon, name="favicon"),
    path("api/v1/", include((api_patterns, "api"))),
    re_path(r"^api(?:/|\Z)", Unknown.as_view()),
    path("admin/", admin.site.urls),
    path("", include("projects.urls")),
    path("", include("deployments.urls")),
]
