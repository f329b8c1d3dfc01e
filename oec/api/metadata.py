"""The answer to OPTIONS."""

from typing import Any

from rest_framework.metadata import SimpleMetadata
from rest_framework.request import Request, override_method

WRITING = ("POST", "PUT", "PATCH")


class Metadata(SimpleMetadata):
    """Says of each method which fields it takes, as the schema does: to everybody."""

    def determine_actions(self, request: Request, view: Any) -> dict[str, Any]:
        fields = {}
        for method in WRITING:
            if method in view.allowed_methods:
                with override_method(view, request, method):
                    fields[method] = self.get_serializer_info(view.get_serializer())
        return fields
