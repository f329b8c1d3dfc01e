"""One way in: the product's sign-in, which is audited and slows down guessing."""

from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.cache import never_cache


@never_cache
def sign_in(
    request: HttpRequest, extra_context: dict[str, Any] | None = None
) -> HttpResponse:
    """Stands in for the administration's own form, which knows neither."""
    index = reverse("admin:index")
    if not request.user.is_authenticated:
        return redirect_to_login(request.GET.get("next", index))
    if request.user.is_active and request.user.is_staff:
        return redirect(index)
    # Signing in again would lead in a circle.
    raise PermissionDenied
