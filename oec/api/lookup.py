"""From an id in a path to a row that the caller may know of."""

from typing import Any, TypeVar

from django.core.exceptions import ObjectDoesNotExist
from django.db import DataError
from django.db.models import Model, QuerySet

from oec.api.problems import NotFound

Row = TypeVar("Row", bound=Model)


def get_or_404(visible: QuerySet[Row], **key: Any) -> Row:
    """The one row of what is visible; otherwise 404, whether it exists or not."""
    try:
        return visible.get(**key)
    # A name with characters that no database stores names nothing either.
    except (ObjectDoesNotExist, DataError):
        raise NotFound(visible.model._meta.object_name or "") from None
