"""Pages on which no text from elsewhere can disguise the rest of it."""

import re
from typing import Any

from django.http import HttpRequest
from django.template.backends.django import DjangoTemplates, Template
from django.utils.safestring import SafeString

from projects import syntax

#: What fields of a form hold is sent back: an escape would become part of the value.
_FIELD = re.compile(
    r"(<textarea\b.*?</textarea>|<input\b[^>]*>)", re.DOTALL | re.IGNORECASE
)


class LegibleTemplates(DjangoTemplates):
    """Shows control characters and turned directions as escapes, on every page."""

    def from_string(self, template_code: str) -> "LegibleTemplate":
        return LegibleTemplate(super().from_string(template_code).template, self)

    def get_template(self, template_name: str) -> "LegibleTemplate":
        return LegibleTemplate(super().get_template(template_name).template, self)


class LegibleTemplate(Template):
    def render(
        self, context: Any = None, request: HttpRequest | None = None
    ) -> SafeString:
        # What Django rendered is escaped already, and an escape of ours adds no markup.
        return SafeString(_legible(super().render(context, request)))  # nosec B703


def _legible(page: str) -> str:
    if not syntax.is_disguised(page):
        return page
    parts = enumerate(_FIELD.split(page))
    return "".join(part if at % 2 else syntax.visible(part) for at, part in parts)
