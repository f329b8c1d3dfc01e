"""Stored secrets that cannot be read any more, and where to enter each anew."""

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from oec.pages import SignedInRequest, page
from projects import services

#: Where one of this kind is entered.
PLACES = {
    "server": "server-edit",
    "project": "project-edit",
    "variable": "environment-variables",
    "projectvariable": "project-variables",
    "environment": "environment",
    "release": "environment",
}


@page
def unreadable_secrets(request: SignedInRequest) -> HttpResponse:
    """Those of objects that the caller sees."""
    secrets = services.visible_among(request.user, services.unreadable_secrets())
    rows = [
        (secret, reverse(PLACES[secret.kind], args=[secret.pk])) for secret in secrets
    ]
    return render(request, "projects/unreadable_secrets.html", {"rows": rows})
