#!/usr/bin/env python
"""Django's command line for OEC."""

import os
import sys

from django.core.management import execute_from_command_line

from oec.database import advice_in_one_sentence
from oec.environment import told_in_one_sentence

if __name__ == "__main__":
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "oec.settings")
    with told_in_one_sentence(), advice_in_one_sentence():
        execute_from_command_line(sys.argv)
