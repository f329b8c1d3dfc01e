"""The rules of ``syntax`` as Django validators."""

import re
from collections.abc import Callable

from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ec import EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from django.conf import settings
from django.core.exceptions import ValidationError

from projects import syntax
from projects.syntax import host_key_fingerprint

__all__ = ["host_key_fingerprint"]

_BEGINNING = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY")
_KEY_KINDS = (Ed25519PrivateKey, EllipticCurvePrivateKey, RSAPrivateKey)


def _checked(check: Callable[[str], None], value: str) -> None:
    try:
        check(value)
    except ValueError as error:
        raise ValidationError(str(error)) from None


def validate_plain_text(value: str) -> None:
    _checked(syntax.check_plain_text, value)


def validate_branch(value: str) -> None:
    _checked(syntax.check_branch, value)


def validate_git_url(value: str) -> None:
    def check(url: str) -> None:
        syntax.check_git_url(
            url,
            allow_local=settings.ALLOW_LOCAL_GIT,
            allowed_hosts=settings.GIT_ALLOWED_HOSTS,
        )

    _checked(check, value)


def validate_host(value: str) -> None:
    _checked(syntax.check_host, value)


def validate_username(value: str) -> None:
    _checked(syntax.check_username, value)


def validate_deploy_path(value: str) -> None:
    _checked(syntax.check_deploy_path, syntax.tidy_path(value))


def validate_command(value: str) -> None:
    _checked(syntax.check_command, value)


def validate_variable_name(value: str) -> None:
    _checked(syntax.check_variable_name, value)


def validate_variable_value(value: str) -> None:
    _checked(syntax.check_variable_value, value)


def validate_health_check_url(value: str) -> None:
    _checked(syntax.check_health_check_url, value)


def validate_health_check_host(value: str) -> None:
    _checked(syntax.check_health_check_host, value)


def validate_host_key(value: str) -> None:
    _checked(syntax.check_host_key, value)


def validate_shared_paths(value: str) -> None:
    _checked(syntax.check_shared_paths, value)


def validate_application_logs(value: str) -> None:
    _checked(syntax.check_application_logs, value)


def validate_relative_path(value: str) -> None:
    _checked(syntax.check_relative_path, syntax.tidy_path(value))


def validate_systemd_unit(value: str) -> None:
    _checked(syntax.check_systemd_unit, value)


def validate_image(value: str) -> None:
    _checked(syntax.check_image, value)


def validate_network(value: str) -> None:
    _checked(syntax.check_network, value)


def validate_ports(value: str) -> None:
    _checked(syntax.check_ports, value)


def validate_volumes(value: str) -> None:
    _checked(syntax.check_volumes, value)


def validate_registry(value: str) -> None:
    _checked(syntax.check_registry, value)


def validate_private_key(value: str) -> None:
    """One private key without a passphrase: Ed25519, ECDSA, or RSA from 2048 bits."""
    refusal = "Paste one unencrypted private key in OpenSSH or PEM format."
    if len(value) > 16 * 1024 or len(_BEGINNING.findall(value)) > 1:
        raise ValidationError(refusal)
    data = value.encode("utf-8", "replace")
    is_openssh = b"OPENSSH PRIVATE KEY" in data
    load: Callable[..., object] = (
        serialization.load_ssh_private_key
        if is_openssh
        else serialization.load_pem_private_key
    )
    try:
        private = load(data, password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm):
        raise ValidationError(refusal) from None
    if not isinstance(private, _KEY_KINDS):
        raise ValidationError("The key is neither Ed25519 nor ECDSA nor RSA.")
    if isinstance(private, RSAPrivateKey) and private.key_size < 2048:
        raise ValidationError("An RSA key of fewer than 2048 bits is not safe.")
