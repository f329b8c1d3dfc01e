"""What every browser page shares: sign-in first, refusals as pages, who is asking."""

import ipaddress
from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.db import IntegrityError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static

from oec.constraints import taken
from oec.exceptions import ApplicationError, InvalidInput, PermissionMissing

View = Callable[..., HttpResponse]


class SignedInRequest(HttpRequest):
    """A request that went through ``page``; ``user`` is one of AUTH_USER_MODEL."""

    user: Any


def page(view: View) -> View:
    """Only for people who are signed in; a refusal is shown with its status code."""

    @login_required
    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        try:
            return view(request, *args, **kwargs)
        except PermissionMissing as refusal:
            # The page that Django shows for this: whom to ask, not when to try again.
            why = {"exception": f"{refusal.detail.removesuffix('.')}."}
            return render(request, "403.html", why, status=refusal.status_code)
        except ApplicationError as refusal:
            return render(
                request,
                "refusal.html",
                {"refusal": refusal},
                status=refusal.status_code,
            )
        except IntegrityError as error:
            # Between the look and the write somebody else took the same name.
            if not (sentence := taken(error)):
                raise
            clash = {"refusal": InvalidInput({"": [sentence]})}
            return render(request, "refusal.html", clash, status=400)

    return guarded


def favicon(request: HttpRequest) -> HttpResponse:
    """For whoever asks without reading a page first, as browsers do."""
    return redirect(static("img/oec.svg"))


def client_address(request: HttpRequest) -> str | None:
    """The caller's IP address, past as many proxies as ``OEC_PROXIES`` trusts.

    None when it cannot be known, as behind a Unix socket.
    """
    address = request.META.get("REMOTE_ADDR", "")
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "").split(",")
    if settings.PROXIES and len(forwarded) >= settings.PROXIES:
        address = forwarded[-settings.PROXIES].strip()
    try:
        return str(ipaddress.ip_address(address))
    except ValueError:
        return None
