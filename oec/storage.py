"""Static files with hashed names, the names inside JavaScript modules included."""

from django.contrib.staticfiles.storage import ManifestStaticFilesStorage


class ModuleManifestStaticFilesStorage(ManifestStaticFilesStorage):
    """Otherwise a hashed module would import its neighbours by their old names."""

    support_js_module_import_aggregation = True
