"""Static files with hashed names, the names inside JavaScript modules included."""

import logging
from typing import Any

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage

logger = logging.getLogger(__name__)

COLLECT = "Run: python manage.py collectstatic --no-input; then start the web again."


class ModuleManifestStaticFilesStorage(ManifestStaticFilesStorage):
    """Otherwise a hashed module would import its neighbours by their old names.

    What was not collected keeps its own name: a page without styles is better than
    none, and the log says once what to do.
    """

    support_js_module_import_aggregation = True

    def __init__(self, *args: Any, **options: Any) -> None:
        self._is_reported = False
        super().__init__(*args, **options)

    def load_manifest(self) -> Any:
        """None of the files, if the list of them was left half written."""
        try:
            return super().load_manifest()
        except ValueError:
            return {}, ""

    def stored_name(self, name: str) -> str:
        try:
            return super().stored_name(name)
        except ValueError:
            if not self._is_reported:
                logger.error("The static file %s is not collected. %s", name, COLLECT)
            self._is_reported = True
            return name
