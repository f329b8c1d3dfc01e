"""Who was seen to answer, of a deployment and of an environment."""

from django.db.models import TextChoices


class Serving(TextChoices):
    """Of a deployment at its end: ``new`` is its own version, ``old`` the one before.

    Of an environment, when somebody looked last: ``new`` is its live version, ``old``
    any other.
    """

    NEW = "new", "The new version"
    OLD = "old", "The version before, which was put back"
    NONE = "none", "Nothing"
    UNKNOWN = "unknown", "Not known"


#: What contradicts that the live version of an environment answers.
CONTRADICTING = (Serving.OLD, Serving.NONE)
