"""The API in a browser."""

import json
from collections.abc import Mapping
from typing import Any

from rest_framework.renderers import BrowsableAPIRenderer
from rest_framework.request import Request


class BrowsableRenderer(BrowsableAPIRenderer):
    """Forms for what the caller may do, sent as the parsers of this API take them."""

    def get_context(
        self,
        data: Any,
        accepted_media_type: str | None,
        renderer_context: Mapping[str, Any],
    ) -> dict[str, Any]:
        is_refused = renderer_context["response"].exception
        method = renderer_context["request"].method
        self._has_row = not is_refused and method in {"GET", "PATCH"}
        context = super().get_context(data, accepted_media_type, renderer_context)
        # In the framework's own template they are sent as multipart, which has no use
        # without files and is refused.
        for name in ("post_form", "put_form"):
            context[f"our_{name}"], context[name] = context[name], None
        return context

    def show_form_for_method(
        self, view: Any, method: str, request: Request, obj: Any
    ) -> bool:
        """Asks about the row of the path; ``obj`` may be the answer of an action."""
        subject = getattr(view, "subject", None)
        return bool(super().show_form_for_method(view, method, request, subject))

    def get_raw_data_form(
        self, data: Any, view: Any, method: str, request: Request
    ) -> Any:
        """A change begins with what is there."""
        form: Any = super().get_raw_data_form(data, view, method, request)
        if form and method == "PATCH" and self._has_row:
            fields = view.get_serializer().fields
            writable = [name for name, field in fields.items() if not field.read_only]
            values = {name: data[name] for name in writable if name in data}
            form.fields["_content"].initial = json.dumps(
                values, indent=4, ensure_ascii=False, default=str
            )
        return form

    def get_breadcrumbs(self, request: Request) -> list[tuple[str, str]]:
        """Only what has a name: on the way may be addresses where nothing is."""
        crumbs: list[tuple[str, str]] = super().get_breadcrumbs(request)
        return [(name, address) for name, address in crumbs if name]

    def get_extra_actions(self, view: Any, status_code: int) -> None:
        """None: their menu is styled inline, which the security policy refuses."""
