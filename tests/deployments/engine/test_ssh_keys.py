"""Key texts in, keys out; no network."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, rsa

from deployments.engine.ssh import fingerprint, generate_key, keys


def test_a_generated_pair_belongs_together() -> None:
    private, public = generate_key()
    assert keys.private_key(private).asbytes() == keys.public_blob(public)
    assert generate_key()[0] != private


def test_the_fingerprint_is_the_one_that_openssh_prints(tmp_path: Path) -> None:
    _, public = generate_key()
    (tmp_path / "key.pub").write_text(public)
    printed = subprocess.run(
        ["ssh-keygen", "-l", "-f", tmp_path / "key.pub"],
        check=True,
        capture_output=True,
        text=True,
    ).stdout
    assert fingerprint(public) == printed.split()[1]


@pytest.mark.parametrize(
    "key",
    [
        ed25519.Ed25519PrivateKey.generate(),
        ec.generate_private_key(ec.SECP256R1()),
        rsa.generate_private_key(65537, 2048),
    ],
    ids=["ed25519", "ecdsa", "rsa"],
)
@pytest.mark.parametrize("form", ["OpenSSH", "PKCS8"])
def test_every_usual_kind_and_form_of_key_is_read(
    key: ed25519.Ed25519PrivateKey, form: str
) -> None:
    text = key.private_bytes(
        serialization.Encoding.PEM,
        getattr(serialization.PrivateFormat, form),
        serialization.NoEncryption(),
    ).decode()
    assert keys.private_key(text).can_sign()


def test_a_key_with_a_passphrase_is_refused() -> None:
    text = ed25519.Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.OpenSSH,
        serialization.BestAvailableEncryption(b"secret"),
    )
    with pytest.raises(ValueError, match="passphrase"):
        keys.private_key(text.decode())
