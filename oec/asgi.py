"""The ASGI entry: live streams need it."""

import os

from django.conf import settings
from django.core.asgi import get_asgi_application

from oec.bodies import BoundedBodies

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oec.settings")

application = BoundedBodies(
    get_asgi_application(), settings.DATA_UPLOAD_MAX_MEMORY_SIZE
)
