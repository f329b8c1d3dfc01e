"""Whether there was no room left on the console's disk."""

import errno

from django.db import Error

from oec.database import FULL, trouble

NO_ROOM = frozenset({errno.ENOSPC, errno.EDQUOT})


def is_full(error: Exception) -> bool:
    """Whatever wanted to write: a file, or a database that lies there."""
    if isinstance(error, Error):
        return trouble(error) is FULL
    return isinstance(error, OSError) and error.errno in NO_ROOM
