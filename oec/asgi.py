"""The ASGI entry: live streams need it."""

import os
import sys

from django.conf import settings
from django.core.asgi import get_asgi_application

from oec.bodies import BoundedBodies
from oec.environment import told_in_one_sentence

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oec.settings")

# The loop, and with it a probe, waits for its turn among the threads of all requests:
# with a hundred of them five milliseconds each are too long.
sys.setswitchinterval(0.001)

with told_in_one_sentence():
    application = BoundedBodies(
        get_asgi_application(), settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    )
