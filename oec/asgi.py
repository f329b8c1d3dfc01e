"""The ASGI entry: live streams need it."""

import os

from django.core.asgi import get_asgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oec.settings")

application = get_asgi_application()
