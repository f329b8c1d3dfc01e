"""Signing in."""

from django.contrib.auth.forms import AuthenticationForm


class SignInForm(AuthenticationForm):
    """One sentence for an unknown name, a wrong password and a closed account."""

    error_messages = {
        "invalid_login": "User name or password is wrong.",
        "inactive": "User name or password is wrong.",
    }
