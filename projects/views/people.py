"""Signing in and out."""

import logging
import math

from django.conf import settings
from django.contrib.auth import login, logout
from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from oec.pages import SignedInRequest, client_address, page
from projects import audit
from projects.callers import caller
from projects.forms import SignInForm
from projects.services import sign_ins

logger = logging.getLogger(__name__)


@never_cache
@sensitive_post_parameters("password")
def sign_in(request: HttpRequest) -> HttpResponse:
    """``next`` is followed only to an address of OEC itself."""
    if request.user.is_authenticated:
        return redirect(_destination(request))
    form = SignInForm(request, data=request.POST or None)
    status = 200
    if request.method == "POST":
        who = (request.POST.get("username", ""), client_address(request))
        if seconds := sign_ins.begin(*who):
            return _pause(request, seconds)
        if form.is_valid():
            sign_ins.succeed(*who)
            return _enter(request, form)
        status = 400
        logger.warning("Failed sign-in from %s", who[1])
    return _sign_in_page(request, form, status)


@require_POST
@page
def sign_out(request: SignedInRequest) -> HttpResponse:
    user, address = request.user, caller(request)["address"]
    with transaction.atomic():
        audit.record(user, "user.signed_out", user, address=address)
        logout(request)
    return redirect("sign-in")


def _enter(request: HttpRequest, form: SignInForm) -> HttpResponse:
    user = form.get_user()
    with transaction.atomic():
        login(request, user)
        audit.record(user, "user.signed_in", user, address=client_address(request))
    return redirect(_destination(request))


def _pause(request: HttpRequest, seconds: int) -> HttpResponse:
    minutes = math.ceil(seconds / 60)
    answer = _sign_in_page(request, SignInForm(request), 429, pause_minutes=minutes)
    answer["Retry-After"] = str(seconds)
    return answer


def _sign_in_page(
    request: HttpRequest, form: SignInForm, status: int, *, pause_minutes: int = 0
) -> HttpResponse:
    context = {
        "form": form,
        "next": _destination(request),
        "pause_minutes": pause_minutes,
    }
    return render(request, "registration/sign_in.html", context, status=status)


def _destination(request: HttpRequest) -> str:
    wanted = request.POST.get("next") or request.GET.get("next") or ""
    is_ours = url_has_allowed_host_and_scheme(
        wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return wanted if is_ours else resolve_url(settings.LOGIN_REDIRECT_URL)
