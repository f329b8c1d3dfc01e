"""Image registries: what a name means there, and how Docker signs in."""

import base64
import json
from collections.abc import Sequence

#: The registry that image names without a host mean, and its key in config.json.
HUB = "docker.io"
HUB_KEY = "https://index.docker.io/v1/"


def credentials(host: str, username: str, password: str) -> str:
    """The ``config.json`` with which Docker signs in to one registry."""
    key = HUB_KEY if host == HUB else host
    auth = base64.b64encode(f"{username}:{password}".encode()).decode()
    return json.dumps({"auths": {key: {"auth": auth}}})


def pinned(image: str, digests: Sequence[str]) -> str:
    """Of ``digests`` the one in the repository of ``image``; empty if none is.

    Docker leaves out what its short names mean: ``docker.io/library/`` and
    ``docker.io/`` (github.com/distribution/reference, familiar names).
    """
    name = image.partition("@")[0]
    path, colon, tag = name.rpartition(":")
    repository = path if colon and "/" not in tag else name
    for prefix in (f"{HUB}/library/", f"{HUB}/"):
        repository = repository.removeprefix(prefix)
    matching = (digest for digest in digests if digest.startswith(f"{repository}@"))
    return next(matching, "")


def is_pinned(image: str) -> bool:
    """Whether it is named by its digest, which never means another image."""
    return "@sha256:" in image
