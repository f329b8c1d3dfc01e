"""manage.py sandbox_server: one machine to deploy to, on the loopback interface."""

import logging
import os
import sys
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from paramiko import SSHException

from deployments.management import sandbox
from oec.processes import end_with_parent


class Command(BaseCommand):
    help = (
        "Serve SSH on 127.0.0.1 and run commands below a folder, for demo and tests. "
        "The folder is a home, not a jail."
    )
    requires_system_checks = ()

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--root", type=Path, required=True, metavar="FOLDER")
        parser.add_argument("--port", type=int, required=True)
        parser.add_argument("--host-key", type=Path, required=True, metavar="FILE")
        parser.add_argument(
            "--authorized-key", type=Path, required=True, metavar="FILE"
        )
        parser.add_argument(
            "--end-with-parent",
            action="store_true",
            help="end when the process that started this one ends, however it does",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        # A client that leaves in the middle of a word is no error of this server.
        logging.getLogger("paramiko").setLevel(logging.CRITICAL)
        if options["end_with_parent"]:
            end_with_parent(os.getppid())
        try:
            server = sandbox.SandboxServer(
                options["root"],
                options["host_key"],
                options["authorized_key"],
                options["port"],
            )
        except (OSError, SSHException, ValueError, IndexError) as error:
            raise CommandError(f"A key cannot be read: {error}") from error
        sys.exit(sandbox.run(server))
