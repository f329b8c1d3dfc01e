"""Endpoints that only people who are signed in reach."""

from collections.abc import Callable, Sequence
from typing import Any

from rest_framework.decorators import api_view
from rest_framework.request import Request


class SignedInRequest(Request):
    """For annotations: DRF makes the instance. ``user`` is one of AUTH_USER_MODEL."""

    user: Any


def endpoint(methods: Sequence[str]) -> Callable[[Callable[..., Any]], Any]:
    """``api_view`` for functions that take a ``SignedInRequest``."""
    return api_view(list(methods))
