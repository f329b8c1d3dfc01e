"""Filling in a form and handing it to a service."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render

from oec.exceptions import InvalidInput
from oec.pages import SignedInRequest
from projects.forms.fields import ServiceForm


def fill_in(
    request: SignedInRequest,
    form: ServiceForm,
    act: Callable[[], object],
    *,
    template: str,
    done: Callable[[], str],
    **context: Any,
) -> HttpResponse:
    """Show ``form``; when it was sent, ``act`` and go to the address ``done`` names.

    What is wrong with the fields is said beside them, with status 400.
    """
    status = 200
    if request.method == "POST":
        if form.is_valid() and _accepted(form, act):
            messages.success(request, "Saved.")
            return redirect(done())
        status = 400
    return render(request, template, {**context, "form": form}, status=status)


def _accepted(form: ServiceForm, act: Callable[[], object]) -> bool:
    if not form.has_changed():
        return True
    try:
        act()
    except InvalidInput as refusal:
        form.refuse(refusal.extra["errors"])
        return False
    return True
